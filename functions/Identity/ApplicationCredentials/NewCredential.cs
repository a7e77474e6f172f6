using Pipeline.Data;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.ApplicationCredentials;

/// <summary>A role as bodies name it.</summary>
internal sealed record RoleRef(string? Id, string? Name)
{
    public static RoleRef Read(Field field)
    {
        var role = field.Object();
        var (id, name) = (role.Nullable("id")?.String(), role.Nullable("name")?.String());
        return id is null && name is null ? throw field.Wrong("must have an id or a name") : new(id, name);
    }
}

/// <summary>The body of a new application credential.</summary>
/// <param name="Roles">Null for those of the token it is made with.</param>
/// <param name="Rules">Each by its id, or by all else.</param>
internal sealed record NewCredential(
    string Name,
    string? Description,
    string? Secret,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<RoleRef>? Roles,
    bool Unrestricted,
    IReadOnlyList<AccessRuleView>? Rules
)
{
    private const int MostRules = 100;

    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static NewCredential Read(Fields body, DateTimeOffset now)
    {
        var expires = body.Nullable("expires_at")?.Time();
        if (expires <= now)
            throw body["expires_at"].Wrong("must be in the future");
        return new(
            body["name"].Name(255),
            body.Nullable("description")?.String(max: 65_535),
            body.Nullable("secret")?.String(1, PasswordHash.LongestPassword),
            expires,
            body.Nullable("roles") is { } roles && roles.Array().Count > 0
                ? [.. roles.Array().Select(RoleRef.Read)]
                : null,
            body.Nullable("unrestricted")?.Bool() ?? false,
            body.Nullable("access_rules") is { } rules ? [.. rules.Array(0, MostRules).Select(ReadRule)] : null
        );
    }

    public override string ToString() => $"new application credential {Name}"; // a record would print the secret

    private static AccessRuleView ReadRule(Field field)
    {
        var rule = field.Object();
        if (rule.Nullable("id") is { } id)
            return new() { Id = id.String(1) };
        var path = rule["path"].String(1);
        return new()
        {
            Path = path.StartsWith('/') ? path : throw rule["path"].Wrong("must begin with a slash"),
            Method = rule["method"].Choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "COPY", "OPTIONS"),
            Service = rule["service"].String(1),
        };
    }
}
