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
    /// <summary>Those that the body says something of; null for none.</summary>
    public Fields? Options { get; init; }

    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static UserFields Read(Fields user)
    {
        var options = user.Nullable("options")?.Object();
        if (options is { } given)
            _ = UserOptions.None.With(given); // refused before anything is read
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
        )
        {
            Options = options,
        };
    }

    public User Over(User user) =>
        user with
        {
            Name = Name ?? user.Name,
            DefaultProjectId = DefaultProject.Given ? DefaultProject.Id : user.DefaultProjectId,
            Enabled = Enabled ?? user.Enabled,
            Extra = Extras.Merge(user.Extra, Extra),
            Options = Options is { } given ? UserOptions.Parse(user.Options).With(given).Store() : user.Options,
        };

    public override string ToString() => $"fields of user {Name}"; // a record would print the password
}
