using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Writes a small read-only file system: ISO 9660 (ECMA-119, names of level 2) with a Joliet tree beside it for the names
/// as they are. The same files give the same bytes: nothing in it is dated.
/// </summary>
internal static class Iso9660
{
    public const int Sector = 2048;
    private const int FirstTable = 19; // after 16 sectors of nothing, two descriptors and their end

    /// <param name="label">The volume's name, at most 16 characters.</param>
    /// <param name="files">Contents by path, checked by <see cref="GuestRules"/>.</param>
    public static byte[] Write(string label, IReadOnlyDictionary<string, byte[]> files)
    {
        var contents = files.OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        IsoTree[] trees = [new(IsoNames.Plain), new(IsoNames.Joliet)];
        for (var index = 0; index < contents.Count; index++)
            foreach (var tree in trees)
                tree.Add(contents[index].Key.Split('/'), index);
        var next = FirstTable;
        foreach (var tree in trees)
            next = tree.Place(next);
        var extents = new (int Sector, int Bytes)[contents.Count];
        for (var index = 0; index < contents.Count; index++)
        {
            extents[index] = (next, contents[index].Value.Length);
            next += Sectors(contents[index].Value.Length);
        }
        var image = new byte[next * Sector];
        Describe(image.AsSpan(16 * Sector), label, trees[0], next);
        Describe(image.AsSpan(17 * Sector), label, trees[1], next);
        (image[18 * Sector], image[(18 * Sector) + 6]) = (255, 1);
        Encoding.ASCII.GetBytes("CD001", image.AsSpan((18 * Sector) + 1));
        foreach (var tree in trees)
            tree.WriteTo(image, extents);
        for (var index = 0; index < contents.Count; index++)
            contents[index].Value.CopyTo(image, extents[index].Sector * Sector);
        return image;
    }

    public static int Sectors(int bytes) => (bytes + Sector - 1) / Sector;

    /// <summary>A number as the standard has it: little-endian, then once more big-endian.</summary>
    public static void BothEndian(Span<byte> at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, value);
        BinaryPrimitives.WriteInt32BigEndian(at[4..], value);
    }

    public static void BothEndian(Span<byte> at, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(at, value);
        BinaryPrimitives.WriteInt16BigEndian(at[2..], value);
    }

    // Offsets are those of ECMA-119, 8.4 and 8.5, less one.
    private static void Describe(Span<byte> volume, string label, IsoTree tree, int sectors)
    {
        var names = tree.Names;
        (volume[0], volume[6], volume[881]) = (names.DescriptorType, 1, 1);
        Encoding.ASCII.GetBytes("CD001", volume[1..]);
        names.Fill(volume[8..40], "LINUX");
        names.Fill(volume[40..72], label);
        BothEndian(volume[80..], sectors);
        names.EscapeSequence.CopyTo(volume[88..]);
        BothEndian(volume[120..], (short)1);
        BothEndian(volume[124..], (short)1);
        BothEndian(volume[128..], (short)Sector);
        BothEndian(volume[132..], tree.TableBytes);
        BinaryPrimitives.WriteInt32LittleEndian(volume[140..], tree.LittleTable);
        BinaryPrimitives.WriteInt32BigEndian(volume[148..], tree.BigTable);
        tree.WriteRoot(volume[156..]);
        foreach (
            var (from, to) in ((int, int)[])
                [(190, 318), (318, 446), (446, 574), (574, 702), (702, 739), (739, 776), (776, 813)]
        )
            names.Fill(volume[from..to], "");
        foreach (var date in (int[])[813, 830, 847, 864])
            volume[date..(date + 16)].Fill((byte)'0');
    }
}
