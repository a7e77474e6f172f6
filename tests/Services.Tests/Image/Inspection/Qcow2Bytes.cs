using System.Buffers.Binary;

namespace Pipeline.Services.Tests.Image.Inspection;

/// <summary>A qcow2 file of one header and empty tables.</summary>
internal static class Qcow2Bytes
{
    public const int Size = 3 << 16;

    /// <param name="change">Spoils the header.</param>
    public static byte[] Of(uint version = 3, long virtualSize = 1 << 30, Action<byte[]>? change = null)
    {
        var file = new byte[Size];
        "QFI"u8.CopyTo(file);
        file[3] = 0xFB;
        Put(file, 4, version);
        Put(file, 20, 16);
        Put(file, 24, (ulong)virtualSize);
        Put(file, 36, 1);
        Put(file, 40, 2UL << 16);
        Put(file, 48, 1UL << 16);
        Put(file, 56, 1);
        if (version == 3)
        {
            Put(file, 96, 4);
            Put(file, 100, 104);
        }
        change?.Invoke(file);
        return file;
    }

    public static void Put(byte[] file, int at, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);

    public static void Put(byte[] file, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(at), value);
}
