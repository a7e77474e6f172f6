namespace Pipeline.Agent.Metadata;

/// <summary>The same documents as files of a config drive, every dated version written out: guests look for the newest they know. Pure.</summary>
internal static class ConfigDrive
{
    private const string Root = "openstack/latest/";

    public static SortedDictionary<string, byte[]> Files(IReadOnlyDictionary<string, byte[]> documents)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (
            var (path, content) in documents.Where(document => document.Key.StartsWith(Root, StringComparison.Ordinal))
        )
        foreach (var version in MetadataVersions.OpenStack.Append(MetadataVersions.Latest))
            if (MetadataVersions.Has(version, path[Root.Length..]))
                files.Add($"openstack/{version}/{path[Root.Length..]}", content);
        return files;
    }
}
