namespace Pipeline.Agent.Metadata;

/// <summary>The dated versions of the documents' trees: each shows `latest` without what came later. Pure.</summary>
internal static class MetadataVersions
{
    public const string Latest = "latest";

    public static IReadOnlyList<string> OpenStack { get; } =
    [
        "2012-08-10",
        "2013-04-04",
        "2013-10-17",
        "2015-10-15",
        "2016-06-30",
        "2016-10-06",
        "2017-02-22",
        "2018-08-27",
        "2020-10-14",
    ];

    public static IReadOnlyList<string> Ec2 { get; } =
    [
        "1.0",
        "2007-01-19",
        "2007-03-01",
        "2007-08-29",
        "2007-10-10",
        "2007-12-15",
        "2008-02-01",
        "2008-09-01",
        "2009-04-04",
    ];

    private static readonly Dictionary<string, string> Since = new(StringComparer.Ordinal)
    {
        ["password"] = "2013-04-04",
        ["vendor_data.json"] = "2013-10-17",
        ["network_data.json"] = "2015-10-15",
        ["vendor_data2.json"] = "2016-10-06",
    };

    /// <summary>Whether a version of the OpenStack tree (or `latest`) has a document of this name.</summary>
    public static bool Has(string version, string name) =>
        !Since.TryGetValue(name, out var since) || string.CompareOrdinal(version, since) >= 0;
}
