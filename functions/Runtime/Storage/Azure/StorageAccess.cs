using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>How a client proves itself: by the account's key, or by a shared access signature (an escaped query string).</summary>
internal sealed record StorageAccess(SharedKey? Key, string? Sas)
{
    /// <summary>`Forbidden` for a client that has a SAS only: what it was given it cannot pass on.</summary>
    public SharedKey SigningKey =>
        Key ?? throw Fault.Forbidden("Only the holder of the account's key makes shared access signatures.");

    /// <summary>Takes a URL with a SAS apart: the bare resource and its proof.</summary>
    public static (Uri Resource, StorageAccess Access) Split(Uri uri) =>
        (new Uri(uri.GetLeftPart(UriPartial.Path)), new StorageAccess(null, uri.Query.TrimStart('?')));

    public override string ToString() => Key is null ? "SAS" : $"key of {Key.Account}";
}
