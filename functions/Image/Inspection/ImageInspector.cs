namespace Pipeline.Image.Inspection;

/// <summary>
/// Compares an image's bytes with its declared format while they stream by. It keeps the first and the last sector only.
/// A file whose content a host's tools could take for another format than its owner declared may name files of the host:
/// it is refused.
/// </summary>
internal sealed class ImageInspector(string format)
{
    private const int Sector = 512;
    private readonly byte[] head = new byte[Sector];
    private readonly byte[] tail = new byte[Sector];
    private Qcow2Header? header;

    public const string Qcow2 = "qcow2";
    public const string Raw = "raw";

    /// <summary>Bytes seen so far.</summary>
    public long Size { get; private set; }

    /// <exception cref="Fault">BadRequest as soon as the bytes are not what was declared.</exception>
    public void Add(ReadOnlySpan<byte> piece)
    {
        var before = Size;
        if (before < Sector)
            piece[..(int)Math.Min(piece.Length, Sector - before)].CopyTo(head.AsSpan((int)before));
        Keep(piece);
        Size += piece.Length;
        if (before < Sector && Size >= Sector)
            CheckHead(head);
    }

    /// <returns>Bytes of the disk in the file.</returns>
    /// <exception cref="Fault">BadRequest when the whole is not what was declared.</exception>
    public long Finish()
    {
        if (Size < Sector)
            CheckHead(head.AsSpan(0, (int)Size));
        if (format == Raw)
        {
            ForeignFormats.RefuseTail(tail);
            return Size;
        }
        header!.CheckWhole(Size);
        return header.VirtualSize;
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (piece.Length < Sector)
        {
            tail.AsSpan(piece.Length).CopyTo(tail);
            piece.CopyTo(tail.AsSpan(Sector - piece.Length));
            return;
        }
        piece[^Sector..].CopyTo(tail);
    }

    private void CheckHead(ReadOnlySpan<byte> bytes)
    {
        if (format == Qcow2)
            header = Qcow2Header.Read(bytes);
        else
            ForeignFormats.RefuseHead(bytes);
    }
}
