using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.Identity.Federation;

/// <summary>A domain, a group or a user by its name, in what a mapping says.</summary>
internal sealed record MappedName(string? Id, string? Name, string? DomainId, string? DomainName);

internal sealed record MappedProject(string Name, string? DomainId, string? DomainName, IReadOnlyList<string> Roles);

/// <summary>What claims come to by a mapping's rules.</summary>
/// <param name="User">Of whom the id is the issuer's own, unless <paramref name="Local"/>.</param>
/// <param name="Local">True for a user of this cloud's own, who is there already.</param>
internal sealed record MappedLogin(
    MappedName User,
    string? Email,
    bool Local,
    IReadOnlyList<MappedName> Groups,
    IReadOnlyList<MappedProject> Projects
)
{
    /// <summary>Null where no rule that holds names a user.</summary>
    public static MappedLogin? Of(
        IReadOnlyList<MappingRule> rules,
        Func<string, IReadOnlyList<string>> claims,
        string subject
    )
    {
        var found = new Found();
        try
        {
            foreach (var rule in rules)
                if (Values(rule, claims) is { } values)
                    foreach (var local in rule.Local)
                        found.Add(local, values);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
        return found.User is { } user
            ? new(
                user with
                {
                    Id = user.Id ?? user.Name ?? subject,
                    Name = user.Name ?? user.Id ?? subject,
                },
                found.Email,
                found.Local,
                found.Groups,
                found.Projects
            )
            : null;
    }

    public override string ToString() => $"login of {User.Id}"; // a record would print the mail address

    private static List<IReadOnlyList<string>>? Values(MappingRule rule, Func<string, IReadOnlyList<string>> claims)
    {
        var values = new List<IReadOnlyList<string>>();
        foreach (var remote in rule.Remote)
        {
            if (remote.Apply(claims(remote.Type)) is not { } given)
                return null;
            if (remote.IsDirect)
                values.Add(given);
        }
        return values;
    }

    private sealed class Found
    {
        public MappedName? User { get; private set; }
        public string? Email { get; private set; }
        public bool Local { get; private set; }
        public List<MappedName> Groups { get; } = [];
        public List<MappedProject> Projects { get; } = [];

        public void Add(JsonElement local, IReadOnlyList<IReadOnlyList<string>> values)
        {
            if (User is null && local.TryGetProperty("user", out var user)) // the first one counts
            {
                (User, Email) = (Name(user, values), Text(user, "email", values));
                Local = Text(user, "type", values) == "local";
            }
            if (local.TryGetProperty("group", out var group))
                Groups.Add(Name(group, values));
            foreach (var id in All(local, "group_ids", values))
                Groups.Add(new(id, null, null, null));
            var (domainId, domainName) = Domain(local, values);
            foreach (var name in All(local, "groups", values))
                Groups.Add(new(null, name, domainId, domainName));
            if (local.TryGetProperty("projects", out var projects) && projects.ValueKind == JsonValueKind.Array)
                foreach (var project in projects.EnumerateArray())
                    if (Text(project, "name", values) is { } name)
                        Projects.Add(Project(project, name, values));
        }

        private static MappedProject Project(
            JsonElement project,
            string name,
            IReadOnlyList<IReadOnlyList<string>> values
        )
        {
            var (id, domain) = Domain(project, values);
            var roles = project.GetProperty("roles").EnumerateArray().Select(role => Text(role, "name", values));
            return new(name, id, domain, [.. roles.OfType<string>()]);
        }

        private static MappedName Name(JsonElement json, IReadOnlyList<IReadOnlyList<string>> values)
        {
            var (id, name) = Domain(json, values);
            return new(Text(json, "id", values), Text(json, "name", values), id, name);
        }

        private static (string? Id, string? Name) Domain(
            JsonElement json,
            IReadOnlyList<IReadOnlyList<string>> values
        ) =>
            json.ValueKind == JsonValueKind.Object && json.TryGetProperty("domain", out var domain)
                ? (Text(domain, "id", values), Text(domain, "name", values))
                : (null, null);

        private static string? Text(JsonElement json, string name, IReadOnlyList<IReadOnlyList<string>> values) =>
            json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var text)
            && text.ValueKind == JsonValueKind.String
            && Template.Fill(text.GetString()!, values) is { Length: > 0 and <= 255 } filled
                ? filled
                : null;

        private static IReadOnlyList<string> All(
            JsonElement json,
            string name,
            IReadOnlyList<IReadOnlyList<string>> values
        ) =>
            json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
                ? Template.FillAll(text.GetString()!, values)
                : [];
    }
}
