using System.Buffers.Binary;
using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>What stands behind a blob's content in its file: its name, hash, tag and time, and at the very end how long that is.</summary>
internal sealed record BlobTrailer(string Name, BlobProperties Properties)
{
    private const int HashSize = 16;
    private const int TagSize = 34; // a quoted guid
    private const int Fixed = HashSize + TagSize + sizeof(long);
    private const int EndSize = sizeof(int) + 4;
    private static ReadOnlySpan<byte> Mark => "PLB1"u8;

    public byte[] Bytes()
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var bytes = new byte[Fixed + name.Length + EndSize];
        var rest = bytes.AsSpan();
        Properties.ContentHash!.CopyTo(rest);
        Encoding.ASCII.GetBytes(Properties.ETag, rest[HashSize..]);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(HashSize + TagSize)..], Properties.LastModified.UtcTicks);
        name.CopyTo(rest[Fixed..]);
        BinaryPrimitives.WriteInt32LittleEndian(rest[^EndSize..], Fixed + name.Length);
        Mark.CopyTo(rest[^4..]);
        return bytes;
    }

    /// <exception cref="Fault">Internal when the file was not written by this program, or is damaged.</exception>
    public static BlobTrailer Read(FileStream file)
    {
        Span<byte> end = stackalloc byte[EndSize];
        if (file.Length < EndSize)
            throw Damaged(file);
        file.Position = file.Length - EndSize;
        file.ReadExactly(end);
        var size = BinaryPrimitives.ReadInt32LittleEndian(end);
        var content = file.Length - EndSize - size;
        if (!end[^4..].SequenceEqual(Mark) || size < Fixed || content < 0)
            throw Damaged(file);
        var bytes = new byte[size];
        file.Position = content;
        file.ReadExactly(bytes);
        var tag = Encoding.ASCII.GetString(bytes, HashSize, TagSize);
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(HashSize + TagSize));
        return new(
            Encoding.UTF8.GetString(bytes.AsSpan(Fixed)),
            new(content, bytes[..HashSize], tag, new DateTimeOffset(ticks, TimeSpan.Zero))
        );
    }

    private static Fault Damaged(FileStream file) => new(FaultCode.Internal, $"{file.Name} is not a whole blob.");
}
