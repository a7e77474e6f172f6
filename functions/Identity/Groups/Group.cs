using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Groups;

/// <summary>Users who get roles together.</summary>
internal sealed record Group
{
    public GroupId Id { get; init; }
    public DomainId DomainId { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";

    /// <summary>JSON, an object: attributes that are only kept.</summary>
    public string Extra { get; init; } = Extras.None;
}

internal sealed record GroupDocument(GroupView Group);

internal sealed record GroupList(IReadOnlyList<GroupView> Groups, ListLinks Links);

internal sealed record GroupView(GroupId Id, string Name, DomainId DomainId, string Description, SelfLink Links)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static GroupView Of(HttpRequest request, IdentityUrls urls, Group group) =>
        new(group.Id, group.Name, group.DomainId, group.Description, new(urls.Of(request, $"groups/{group.Id}")))
        {
            Extra = Extras.Show(group.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Group group) =>
        Runtime.Answer.Json(status, new GroupDocument(Of(request, urls, group)), IdentityJson.Default.GroupDocument);

    public static Answer Answer(HttpRequest request, IdentityUrls urls, IEnumerable<Group> groups, ListLinks links) =>
        Runtime.Answer.Json(
            200,
            new GroupList([.. groups.Select(group => Of(request, urls, group))], links),
            IdentityJson.Default.GroupList
        );
}

/// <summary>What a body says of a group; null where it says nothing.</summary>
internal sealed record GroupFields(string? Name, string? Description, Dictionary<string, JsonElement> Extra)
{
    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static GroupFields Read(Fields group) =>
        new(
            group.Optional("name")?.Name(64),
            group.Nullable("description")?.String(max: 65_535),
            Extras.Read(group, "name", "description", "domain_id")
        );

    public Group Over(Group group) =>
        group with
        {
            Name = Name ?? group.Name,
            Description = Description ?? group.Description,
            Extra = Extras.Merge(group.Extra, Extra),
        };
}
