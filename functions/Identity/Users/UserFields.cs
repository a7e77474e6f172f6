using System.Text.Json;
using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Users;

/// <summary>What a body says of a user; null where it says nothing.</summary>
/// <param name="DefaultProject">With whether it is there at all, as null clears it.</param>
/// <param name="Password">Null too for a user who shall have none.</param>
internal sealed record UserFields(
    string? Name,
    (bool Given, ProjectId? Id) DefaultProject,
    bool? Enabled,
    string? Password,
    Dictionary<string, JsonElement> Extra
)
{
    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static UserFields Read(Fields user)
    {
        user.NoOptions();
        _ = user.Nullable("description")?.String(max: 65_535);
        return new(
            user.Optional("name")?.Name(255),
            (user.Has("default_project_id"), user.Nullable("default_project_id")?.Id<ProjectId>()),
            user.Optional("enabled")?.Bool(),
            user.Nullable("password")?.String(max: PasswordHash.LongestPassword),
            Extras.Read(
                user,
                "name",
                "default_project_id",
                "domain_id",
                "enabled",
                "password",
                "original_password",
                "password_expires_at"
            )
        );
    }

    public User Over(User user) =>
        user with
        {
            Name = Name ?? user.Name,
            DefaultProjectId = DefaultProject.Given ? DefaultProject.Id : user.DefaultProjectId,
            Enabled = Enabled ?? user.Enabled,
            Extra = Extras.Merge(user.Extra, Extra),
        };

    public override string ToString() => $"fields of user {Name}"; // a record would print the password
}
