namespace Pipeline.Image.Inspection;

/// <summary>The marks of disk formats that a raw image must not carry: tools that guess would take it for one of these.</summary>
internal static class ForeignFormats
{
    private static readonly (string Format, int At, byte[] Mark)[] Marks =
    [
        ("qcow", 0, [.. "QFI"u8, 0xFB]),
        ("qed", 0, [.. "QED"u8, 0]),
        ("vmdk", 0, [.. "KDMV"u8]),
        ("vmdk", 0, [.. "COWD"u8]),
        ("vhd", 0, [.. "conectix"u8]),
        ("vhdx", 0, [.. "vhdxfile"u8]),
        ("vdi", 64, [0x7F, 0x10, 0xDA, 0xBE]),
        ("parallels", 0, [.. "WithoutFreeSpace"u8]),
        ("parallels", 0, [.. "WithouFreSpacExt"u8]),
        ("luks", 0, [.. "LUKS"u8, 0xBA, 0xBE]),
        ("bochs", 0, [.. "Bochs Virtual HD Image"u8]),
        ("cloop", 0, [.. "#!/bin/sh\n#V2.0 Format\n"u8]),
    ];

    /// <exception cref="Fault">BadRequest when the first sector begins another format.</exception>
    public static void RefuseHead(ReadOnlySpan<byte> head)
    {
        foreach (var (format, at, mark) in Marks)
            if (head.Length > at && head[at..].StartsWith(mark))
                throw Refused(format);
        if (IsVmdkDescriptor(head))
            throw Refused("vmdk");
    }

    /// <exception cref="Fault">BadRequest when the last sector is the footer of another format.</exception>
    public static void RefuseTail(ReadOnlySpan<byte> tail)
    {
        if (tail.StartsWith("conectix"u8))
            throw Refused("vhd");
        if (tail.StartsWith("koly"u8))
            throw Refused("dmg");
    }

    /// <summary>A text that names other files: comments and blank lines, then its version.</summary>
    private static bool IsVmdkDescriptor(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split((byte)'\n'))
        {
            var line = head[range].Trim(" \t\r"u8);
            if (line.StartsWith("# Disk DescriptorFile"u8) || line.StartsWith("version="u8))
                return true;
            if (line.Length > 0 && line[0] != '#')
                return false;
        }
        return false;
    }

    private static Fault Refused(string format) =>
        Fault.BadRequest($"The image is declared as raw, but its content is in the format {format}.");
}
