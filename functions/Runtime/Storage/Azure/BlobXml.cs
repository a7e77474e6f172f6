using System.Text;

namespace Pipeline.Runtime.Storage;

/// <summary>The blob service's documents.</summary>
internal static class BlobXml
{
    /// <param name="NextMarker">Empty on the last page.</param>
    public sealed record Page(IReadOnlyList<BlobItem> Blobs, string NextMarker);

    public static Page ReadPage(byte[] xml)
    {
        var blobs = new List<BlobItem>();
        var fields = new Dictionary<string, string>();
        var next = "";
        foreach (var (element, text) in StorageXml.Leaves(xml))
            switch (element)
            {
                case "Blob":
                    blobs.Add(Item(fields));
                    fields.Clear();
                    break;
                case "NextMarker":
                    next = text ?? "";
                    break;
                case not null when text is not null:
                    fields[element] = text;
                    break;
            }
        return new Page(blobs, next);
    }

    public static byte[] WriteBlockList(IEnumerable<string> blockIds)
    {
        var xml = new StringBuilder("<BlockList>");
        foreach (var id in blockIds)
            xml.Append("<Uncommitted>").Append(id).Append("</Uncommitted>");
        return Encoding.UTF8.GetBytes(xml.Append("</BlockList>").ToString());
    }

    private static BlobItem Item(Dictionary<string, string> fields) =>
        new(
            fields["Name"],
            new BlobProperties(
                long.Parse(fields["Content-Length"]),
                fields.GetValueOrDefault("Content-MD5") is { Length: > 0 } md5 ? Convert.FromBase64String(md5) : null,
                Quoted(fields["Etag"]),
                StorageXml.Time(fields["Last-Modified"])
            )
        );

    /// <summary>The list bears entity tags without the quotes that the headers have.</summary>
    private static string Quoted(string tag) => tag.StartsWith('"') ? tag : $"\"{tag}\"";
}
