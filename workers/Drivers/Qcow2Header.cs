using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Drivers;

/// <summary>What a qcow2 file says of itself (QEMU's docs/interop/qcow2.txt), read without opening what it may point to.</summary>
/// <param name="Incompatible">The bits of features without which the file cannot be read.</param>
internal sealed record Qcow2Header(long VirtualBytes, string? BackingFile, ulong Incompatible, bool IsEncrypted)
{
    private const uint Magic = 0x514649fb; // "QFI", 0xfb
    private const int Longest = 64 * 1024;

    public const ulong Corrupt = 1 << 1;
    public const ulong DataFile = 1 << 2;

    /// <summary>Dirty reference counts, another compression, finer clusters: what QEMU reads by itself.</summary>
    public const ulong Harmless = 1 << 0 | 1 << 3 | 1 << 4;

    /// <returns>Null when the file is not qcow2, or is cut off within its header.</returns>
    public static async Task<Qcow2Header?> ReadAsync(string path, CancellationToken ct)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        var start = new byte[(int)Math.Min(Longest, file.Length)];
        var read = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        return Parse(start.AsSpan(0, read));
    }

    public static Qcow2Header? Parse(ReadOnlySpan<byte> start)
    {
        if (start.Length < 72 || BinaryPrimitives.ReadUInt32BigEndian(start) != Magic)
            return null;
        var version = BinaryPrimitives.ReadUInt32BigEndian(start[4..]);
        var backingAt = BinaryPrimitives.ReadUInt64BigEndian(start[8..]);
        var backingBytes = BinaryPrimitives.ReadUInt32BigEndian(start[16..]);
        if (version is not (2 or 3) || (version == 3 && start.Length < 104) || backingBytes > 1023)
            return null;
        if (backingAt > 0 && backingAt + backingBytes > (ulong)start.Length)
            return null;
        return new Qcow2Header(
            BinaryPrimitives.ReadInt64BigEndian(start[24..]),
            backingAt == 0 ? null : Encoding.UTF8.GetString(start.Slice((int)backingAt, (int)backingBytes)),
            version == 2 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(start[72..]),
            BinaryPrimitives.ReadUInt32BigEndian(start[32..]) != 0
        );
    }
}
