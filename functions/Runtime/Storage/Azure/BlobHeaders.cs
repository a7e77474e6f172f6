namespace Pipeline.Runtime.Storage;

/// <summary>A blob's properties as the answers' headers tell them.</summary>
internal static class BlobHeaders
{
    public static BlobProperties Read(Func<string, string?> header, long length) =>
        new(
            length,
            header("Content-MD5") is { Length: > 0 } md5 ? Convert.FromBase64String(md5) : null,
            header("ETag") ?? "",
            header("Last-Modified") is { } time ? StorageXml.Time(time) : default
        );
}
