using System.Text;

namespace Pipeline.Runtime.Storage;

[Flags]
public enum QueueSasPermissions
{
    None = 0,
    Read = 1,
    Add = 2,
    Update = 4,
    Process = 8,
}

[Flags]
public enum BlobSasPermissions
{
    None = 0,
    Read = 1,
    Add = 2,
    Create = 4,
    Write = 8,
    Delete = 16,
}

/// <summary>
/// Service SAS for one queue or one blob ("Create a service SAS", version 2020-12-06 and later). No start time, since
/// clocks differ; confined to https where the endpoint is.
/// </summary>
internal static class SharedAccessSignature
{
    private const string ServiceVersion = "2021-12-02";

    public static Uri ForQueue(
        Uri queue,
        string name,
        QueueSasPermissions granted,
        DateTimeOffset expiry,
        SharedKey key
    )
    {
        var grant = new Grant(Letters((int)granted, "raup"), Time(expiry), Protocols(queue));
        var text =
            $"{grant.Permissions}\n\n{grant.Expiry}\n/queue/{key.Account}/{name}\n\n\n{grant.Protocols}\n{ServiceVersion}";
        return Build(queue, grant, resource: null, key.Sign(text));
    }

    /// <param name="path">`container/blob`, not escaped.</param>
    public static Uri ForBlob(Uri blob, string path, BlobSasPermissions granted, DateTimeOffset expiry, SharedKey key)
    {
        var grant = new Grant(Letters((int)granted, "racwd"), Time(expiry), Protocols(blob));
        // After the version: resource `b`, then no snapshot, no encryption scope and none of five response headers.
        var text =
            $"{grant.Permissions}\n\n{grant.Expiry}\n/blob/{key.Account}/{path}\n\n\n{grant.Protocols}\n{ServiceVersion}\nb"
            + new string('\n', 7);
        return Build(blob, grant, "b", key.Sign(text));
    }

    private static Uri Build(Uri uri, Grant grant, string? resource, string signature)
    {
        var url = new StringBuilder(uri.AbsoluteUri);
        url.Append("?sv=").Append(ServiceVersion);
        if (resource is not null)
            url.Append("&sr=").Append(resource);
        if (grant.Protocols.Length > 0)
            url.Append("&spr=").Append(grant.Protocols);
        url.Append("&se=").Append(Uri.EscapeDataString(grant.Expiry)).Append("&sp=").Append(grant.Permissions);
        return new Uri(url.Append("&sig=").Append(Uri.EscapeDataString(signature)).ToString());
    }

    /// <summary>The letters of the bits that are set, in the order the service wants them.</summary>
    private static string Letters(int bits, string alphabet) =>
        string.Concat(alphabet.Where((_, bit) => (bits & (1 << bit)) != 0));

    private static string Protocols(Uri uri) => uri.Scheme == Uri.UriSchemeHttps ? "https" : "";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");

    private sealed record Grant(string Permissions, string Expiry, string Protocols);
}
