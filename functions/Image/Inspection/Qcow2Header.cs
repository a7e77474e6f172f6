using System.Buffers.Binary;

namespace Pipeline.Image.Inspection;

/// <summary>
/// The header of a qcow2 file, as QEMU's docs/interop/qcow2.txt lays it out. Refused is what points out of the file, what
/// a host could not open, and what is no sound image.
/// </summary>
/// <param name="VirtualSize">Bytes of the disk.</param>
/// <param name="Needed">The shortest file that holds the tables which the header names.</param>
internal sealed record Qcow2Header(long VirtualSize, long Needed)
{
    private const int LengthV2 = 72;
    private const int LengthV3 = 104;
    private const int MinClusterBits = 9;
    private const int MaxClusterBits = 21;
    private const int MaxRefcountOrder = 6;

    private const ulong Dirty = 1;
    private const ulong Corrupt = 2;
    private const ulong ExternalData = 4;
    private const ulong CompressionType = 8;
    private const ulong ExtendedL2 = 16;

    private static bool HasMagic(ReadOnlySpan<byte> head) =>
        head.Length > 3 && head.StartsWith("QFI"u8) && head[3] == 0xFB;

    /// <exception cref="Fault">BadRequest that says why.</exception>
    public static Qcow2Header Read(ReadOnlySpan<byte> head)
    {
        if (!HasMagic(head))
            throw Refused("its content is not in that format");
        var version = head.Length < LengthV2 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        if (head.Length < LengthV2 || (version == 3 && head.Length < LengthV3))
            throw Refused("the file ends within its header");
        if (version is not (2 or 3))
            throw Refused($"version {version} is not known");
        if (BinaryPrimitives.ReadUInt64BigEndian(head[8..]) != 0)
            throw Refused("it has a backing file");
        if (BinaryPrimitives.ReadUInt32BigEndian(head[32..]) != 0)
            throw Refused("it is encrypted");
        var clusterBits = BinaryPrimitives.ReadUInt32BigEndian(head[20..]);
        if (clusterBits is < MinClusterBits or > MaxClusterBits)
            throw Refused($"its clusters of 2^{clusterBits} bytes are not of a known size");
        if (version == 3)
            CheckVersion3(head, 1L << (int)clusterBits);
        return new(SizeOf(head), Tables(head, 1L << (int)clusterBits));
    }

    /// <param name="size">Bytes of the whole file.</param>
    public void CheckWhole(long size)
    {
        if (size < Needed)
            throw Refused($"the file is cut off: it has {size} bytes, its tables end at {Needed}");
    }

    private static void CheckVersion3(ReadOnlySpan<byte> head, long cluster)
    {
        var features = BinaryPrimitives.ReadUInt64BigEndian(head[72..]);
        if ((features & ExternalData) != 0)
            throw Refused("its data lie in another file");
        if ((features & Corrupt) != 0)
            throw Refused("it is marked corrupt");
        var unknown = features & ~(Dirty | CompressionType | ExtendedL2);
        if (unknown != 0)
            throw Refused($"it needs unknown features (0x{unknown:x})");
        if (BinaryPrimitives.ReadUInt32BigEndian(head[96..]) > MaxRefcountOrder)
            throw Refused("its reference counts are not of a known width");
        var length = BinaryPrimitives.ReadUInt32BigEndian(head[100..]);
        if (length < LengthV3 || length % 8 != 0 || length > cluster)
            throw Refused($"its header is {length} bytes long");
    }

    private static long SizeOf(ReadOnlySpan<byte> head)
    {
        var size = BinaryPrimitives.ReadUInt64BigEndian(head[24..]);
        return size is > 0 and <= long.MaxValue ? (long)size : throw Refused($"a disk of {size} bytes is none");
    }

    private static long Tables(ReadOnlySpan<byte> head, long cluster)
    {
        var l1 = End(
            BinaryPrimitives.ReadUInt64BigEndian(head[40..]),
            8L * BinaryPrimitives.ReadUInt32BigEndian(head[36..])
        );
        var refcounts = End(
            BinaryPrimitives.ReadUInt64BigEndian(head[48..]),
            cluster * BinaryPrimitives.ReadUInt32BigEndian(head[56..])
        );
        return Math.Max(l1, refcounts);

        long End(ulong offset, long length) =>
            offset <= long.MaxValue / 2 && offset % (ulong)cluster == 0
                ? (long)offset + length
                : throw Refused("its tables are not where they can be");
    }

    private static Fault Refused(string why) => Fault.BadRequest($"The image is declared as qcow2, but {why}.");
}
