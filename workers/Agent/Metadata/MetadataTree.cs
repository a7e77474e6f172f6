using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>Answers paths from a server's documents. A path never reaches the disk: it is looked up in a dictionary. Pure.</summary>
internal static class MetadataTree
{
    /// <summary>A document, or a folder's listing; null when there is neither.</summary>
    public static byte[]? Find(IReadOnlyDictionary<string, byte[]> documents, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => Lines([.. MetadataVersions.Ec2, MetadataVersions.Latest]),
            ["openstack"] => Lines([.. MetadataVersions.OpenStack, MetadataVersions.Latest]),
            ["openstack", var version, .. var rest] when IsVersion(MetadataVersions.OpenStack, version) =>
                FindOpenStack(documents, version, rest),
            [var version, .. var rest] when IsVersion(MetadataVersions.Ec2, version) => FindEc2(documents, rest),
            _ => null,
        };
    }

    /// <summary>Where a guest tells its password, in every version of the tree that has such a place.</summary>
    public static bool IsPassword(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["openstack", var version, Password]
        && IsVersion(MetadataVersions.OpenStack, version)
        && MetadataVersions.Has(version, Password);

    private const string Password = "password";

    private static bool IsVersion(IReadOnlyList<string> known, string version) =>
        version == MetadataVersions.Latest || known.Contains(version);

    private static byte[]? FindOpenStack(IReadOnlyDictionary<string, byte[]> documents, string version, string[] rest)
    {
        const string root = "openstack/latest/";
        return rest switch
        {
            [] => Lines([
                .. Names(documents, root)
                    .Append(Password)
                    .Where(name => MetadataVersions.Has(version, name))
                    .Order(StringComparer.Ordinal),
            ]),
            [var name] when MetadataVersions.Has(version, name) => documents.GetValueOrDefault(root + name),
            _ => null,
        };
    }

    private static byte[]? FindEc2(IReadOnlyDictionary<string, byte[]> documents, string[] rest)
    {
        var path = string.Join('/', [MetadataVersions.Latest, .. rest]);
        var folder = path + "/";
        if (documents.TryGetValue(path, out var document) || documents.TryGetValue(folder, out document))
            return document;
        return Names(documents, folder) is { Count: > 0 } names ? Lines(names) : null;
    }

    /// <summary>What stands directly in a folder; a folder within it ends in a slash.</summary>
    private static List<string> Names(IReadOnlyDictionary<string, byte[]> documents, string folder)
    {
        var inside = documents.Keys.Where(path => path.StartsWith(folder, StringComparison.Ordinal));
        var names = inside
            .Select(path => path[folder.Length..])
            .Select(path => path[..(path.IndexOf('/') + 1)] is { Length: > 0 } sub ? sub : path);
        return [.. names.Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];
    }

    private static byte[] Lines(IReadOnlyList<string> lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));
}
