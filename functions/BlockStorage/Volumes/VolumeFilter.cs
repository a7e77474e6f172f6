using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.BlockStorage.Volumes;

/// <summary>The filters of a volume list. What is not known filters nothing, as Cinder does for tenants.</summary>
internal sealed partial class VolumeFilter
{
    private readonly Dictionary<string, string>? metadata;
    private readonly Dictionary<string, string>? imageMetadata;

    private VolumeFilter(Query query, bool isAdmin, Microversion version)
    {
        Name = query["name"] ?? query["display_name"];
        Status = query["status"]?.ToLowerInvariant();
        Bootable = query["bootable"] is { } text ? Words.Bool(text) ?? throw Wrong(query, text) : null;
        AvailabilityZone = query["availability_zone"];
        ChangedSince = query.Time("changes-since");
        metadata = query["metadata"] is { Length: > 0 } pairs ? PairsOf(pairs) ?? throw WrongPairs(query) : null;
        if (version >= ImageMetadata && query["glance_metadata"] is { Length: > 0 } known)
            imageMetadata = PairsOf(known) ?? throw WrongPairs(query);
        None =
            (version >= GroupId && query["group_id"] is { Length: > 0 })
            || (version >= VolumeVersions.ConsumesQuota && query.Bool("consumes_quota") == false);
        if (version >= Alike)
            NameLike = query["name~"] ?? query["display_name~"];
        if (version >= VolumeVersions.Times)
            Times = [.. TimeFilter.Of(query, "created_at"), .. TimeFilter.Of(query, "updated_at")];
        if (isAdmin && query["host"] is { Length: > 0 } host)
            (Host, Backend) = PlaceOf(host);
    }

    private static readonly Microversion ImageMetadata = new(3, 4);
    private static readonly Microversion GroupId = new(3, 10);

    /// <summary>Since when a part of a name may be asked for.</summary>
    internal static readonly Microversion Alike = new(3, 34);

    /// <summary>A group is asked for, of which there is none, or what counts for nothing.</summary>
    private bool None { get; }
    private IReadOnlyList<TimeFilter> Times { get; } = [];
    private string? NameLike { get; }

    /// <summary>A part of the name, with SQL's own signs taken for themselves.</summary>
    public string? Like => NameLike is { } part ? Likeness.Of(part) : null;
    public string? Name { get; }
    public string? Status { get; }
    public bool? Bootable { get; }
    public string? AvailabilityZone { get; }
    public string? Host { get; }
    public string? Backend { get; }
    public DateTimeOffset? ChangedSince { get; }

    /// <summary>True where the rows have to be looked at one by one.</summary>
    public bool Looks => metadata is not null || imageMetadata is not null || Times.Count > 0;

    /// <summary>Conditions that begin with AND.</summary>
    public string Sql =>
        string.Concat(
            None ? " AND 1 = 0" : "",
            NameLike is null ? "" : $" AND LOWER(COALESCE(name, '')) LIKE LOWER(@Like) {Likeness.Escape}",
            Name is null ? "" : " AND name = @Name",
            Status switch
            {
                null => "",
                VolumeStatus.Available => $" AND status IN (@Status, '{VolumeStatus.Moving}')",
                _ => " AND status = @Status",
            },
            Bootable is null ? "" : " AND bootable = @Bootable",
            AvailabilityZone is null ? "" : " AND availability_zone = @AvailabilityZone",
            Host is null ? "" : " AND host_name = @Host",
            Backend is null ? "" : " AND backend = @Backend",
            ChangedSince is null ? "" : " AND COALESCE(updated_at, created_at) >= @ChangedSince"
        );

    public static VolumeFilter Of(HttpRequest request, bool isAdmin, Microversion version) =>
        new(Query.Of(request), isAdmin, version);

    public bool Passes(Volume volume) =>
        (metadata is null || Has(volume.Meta, metadata))
        && (imageMetadata is null || Has(volume.ImageMeta, imageMetadata))
        && Times.All(t => t.Passes(t.Name == "created_at" ? volume.CreatedAt : volume.UpdatedAt));

    private static bool Has(Dictionary<string, string> pairs, Dictionary<string, string> wanted) =>
        wanted.All(m => pairs.TryGetValue(m.Key, out var value) && value == m.Value);

    /// <summary>Pairs as clients write them: JSON, or a dictionary of Python's with single quotes.</summary>
    internal static Dictionary<string, string>? PairsOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, BlockStorageJson.Default.DictionaryStringString);
        }
        catch (JsonException)
        {
            var inner = text.Trim();
            if (inner is not ['{', .., '}'])
                return null;
            var pairs = Pairs().Matches(inner);
            var left = Pairs().Replace(inner[1..^1], "").Trim(' ', ',');
            return left.Length > 0
                ? null
                : pairs
                    .DistinctBy(p => p.Groups["key"].Value)
                    .ToDictionary(p => p.Groups["key"].Value, p => p.Groups["value"].Value);
        }
    }

    [GeneratedRegex(
        """u?'(?<key>[^']*)'\s*:\s*u?'(?<value>[^']*)'""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pairs();

    /// <summary>`host`, `host@backend` or `host@backend#pool`.</summary>
    private static (string Host, string? Backend) PlaceOf(string text)
    {
        var at = text.Split('@', 2);
        return at is [var host, var rest] ? (host, rest.Split('#', 2)[0]) : (text, null);
    }

    private static Fault Wrong(Query query, string text) => query.Wrong("bootable", $"'{text}' is not a boolean");

    private static Fault WrongPairs(Query query) => query.Wrong("metadata", "it is not a dictionary of strings");
}
