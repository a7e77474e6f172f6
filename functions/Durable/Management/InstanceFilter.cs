using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Management;

/// <summary>Which orchestrations a list is about; what is null or empty does not matter.</summary>
public sealed record InstanceFilter
{
    public ProjectId? Project { get; init; }

    public string? Resource { get; init; }

    /// <summary>The orchestration's name, as `ProvisionServer`.</summary>
    public string? Name { get; init; }

    public string? IdPrefix { get; init; }

    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>Accepted at this time or later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Accepted at this time or earlier.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>The last one of the page before.</summary>
    public ListPosition? After { get; init; }
}

/// <summary>
/// A place in the order of acceptance, which is the order of all lists: what is accepted or ends meanwhile moves nothing
/// from one page to another.
/// </summary>
public sealed record ListPosition(DateTimeOffset CreatedAt, string Id)
{
    /// <summary>For clients, to whom it means nothing.</summary>
    public string Token => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Time.ToMicroseconds(CreatedAt)} {Id}"));

    /// <returns>Null for what is no token of ours.</returns>
    public static ListPosition? Parse(string token)
    {
        var bytes = new byte[token.Length];
        if (!Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out var length))
            return null;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(' ', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new(Time.FromMicroseconds(at), parts[1])
            : null;
    }
}

/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record InstancePage(IReadOnlyList<OrchestrationState> Instances, ListPosition? Next);

/// <summary>How many orchestrations of a name are in a status.</summary>
public sealed record InstanceCount
{
    public string Name { get; init; } = "";
    public string Status { get; init; } = "";
    public long Count { get; init; }
}
