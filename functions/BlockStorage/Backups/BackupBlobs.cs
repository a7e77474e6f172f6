using Pipeline.Runtime.Storage;

namespace Pipeline.BlockStorage.Backups;

/// <summary>
/// The container `backups`, which the composition root has created: `{backup}/{sha-256}` for each block that a backup keeps itself, and
/// `{backup}/manifest`, the list of all its blocks with the backup that keeps each.
/// </summary>
public sealed record BackupBlobs(IBlobs Blobs)
{
    internal const string Manifest = "manifest";

    /// <summary>Hex digits of a SHA-256.</summary>
    internal const int Digits = 64;

    internal static string NameOf(BackupId backup, string part) => $"{backup}/{part}";

    internal static bool IsPart(string name) =>
        name == Manifest || (name.Length == Digits && name.All(char.IsAsciiHexDigitLower));

    /// <summary>Whose a blob is; null for a name that is none of ours.</summary>
    internal static BackupId? OwnerOf(string name) =>
        name.Split('/') is [var backup, { Length: > 0 }] && BackupId.TryParse(backup, out var id) ? id : null;
}
