using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Agent.BlockStorage;

/// <param name="Owner">The backup that keeps the block: this one, or one that it stands on.</param>
/// <param name="Sum">Its SHA-256 in hex, by which it is kept.</param>
internal sealed record BackupBlock(BackupId Owner, string Sum);

/// <summary>
/// The blocks of a backup by their place in the volume; what is not among them is zeros. As text it is a line for what it is, one for
/// each backup that keeps blocks, and one for each block: place, number of its backup, sum.
/// </summary>
internal sealed class BackupManifest(long bytes, SortedDictionary<long, BackupBlock> blocks)
{
    /// <summary>Bytes; the last one of a volume may be shorter.</summary>
    public const int BlockBytes = 4 << 20;

    /// <summary>The name of the part that is the list.</summary>
    public const string Part = "manifest";

    private const string Format = "pipeline-backup-1";

    /// <summary>The volume's size.</summary>
    public long Bytes { get; } = bytes;

    public IReadOnlyDictionary<long, BackupBlock> Blocks { get; } = blocks;

    public static string SumOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>True for what a part of a backup may be called: the list, or a block by its sum.</summary>
    public static bool IsPart(string name) =>
        name == Part || (name.Length == SHA256.HashSizeInBytes * 2 && name.All(char.IsAsciiHexDigitLower));

    public byte[] ToBytes()
    {
        var owners = Blocks.Values.Select(b => b.Owner).Distinct().ToList();
        var numbers = owners.Select((owner, number) => (owner, number)).ToDictionary(o => o.owner, o => o.number);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Format} {Bytes} {owners.Count}\n");
        foreach (var owner in owners)
            text.Append(CultureInfo.InvariantCulture, $"{owner}\n");
        foreach (var (place, block) in Blocks)
            text.Append(CultureInfo.InvariantCulture, $"{place} {numbers[block.Owner]} {block.Sum}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <param name="sum">What it has to have; null where that is not known.</param>
    /// <exception cref="Fault">BadRequest when it is another one, or none.</exception>
    public static BackupManifest Parse(byte[] text, string? sum = null)
    {
        if (sum is not null && SumOf(text) != sum)
            throw Fault.BadRequest("the list of the backup's blocks is damaged: its sum is another one");
        try
        {
            using var lines = new StringReader(Encoding.ASCII.GetString(text));
            if (lines.ReadLine()?.Split(' ') is not [Format, var bytes, var count])
                throw new FormatException("its first line is another one");
            var owners = new List<BackupId>();
            for (var left = Number(count); left > 0; left--)
                owners.Add(new(Guid.ParseExact(lines.ReadLine() ?? "", "D")));
            var blocks = new SortedDictionary<long, BackupBlock>();
            while (lines.ReadLine()?.Split(' ') is { Length: 3 } parts)
                blocks.Add(Number(parts[0]), new(owners[(int)Number(parts[1])], parts[2]));
            return new(Number(bytes), blocks);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            throw Fault.BadRequest($"the list of the backup's blocks cannot be read: {e.Message}");
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
