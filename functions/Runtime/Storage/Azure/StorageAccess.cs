using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>How a client proves itself: by the account's key, or by a shared access signature (an escaped query string).</summary>
internal sealed record StorageAccess(SharedKey? Key, string? Sas)
{
    /// <summary>`Forbidden` for a client that has a SAS only: what it was given it cannot pass on.</summary>
    public SharedKey SigningKey =>
        Key ?? throw Fault.Forbidden("Only the holder of the account's key makes shared access signatures.");

    /// <summary>The SAS of a URL.</summary>
    public static StorageAccess From(Uri uri) => new(null, uri.Query.TrimStart('?'));

    /// <summary>A URL without its SAS.</summary>
    public static Uri Bare(Uri uri) => new(uri.GetLeftPart(UriPartial.Path));

    public override string ToString() => Key is null ? "SAS" : $"key of {Key.Account}";
}
