using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Users;

/// <summary>What is different for one user; null where nothing was said. Names and meaning are Keystone's.</summary>
internal sealed record UserOptions
{
    public static UserOptions None { get; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnoreChangePasswordUponFirstUse { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnorePasswordExpiry { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnoreLockoutFailureAttempts { get; init; }

    /// <summary>Only others change this user's password.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? LockPassword { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnoreUserInactivity { get; init; }

    /// <summary>Sets of methods, one of which a login must have used whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<string>>? MultiFactorAuthRules { get; init; }

    /// <summary>The rules are asked unless this is false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? MultiFactorAuthEnabled { get; init; }

    public static UserOptions Parse(string stored) =>
        stored == Extras.None ? None : JsonSerializer.Deserialize(stored, IdentityJson.Default.UserOptions) ?? None;

    public string Store() => JsonSerializer.Serialize(this, IdentityJson.Default.UserOptions);

    /// <summary>These, with what a body says of some of them; a null forgets one.</summary>
    /// <exception cref="Fault">BadRequest naming the option.</exception>
    public UserOptions With(Fields given)
    {
        given.Only(
            "ignore_change_password_upon_first_use",
            "ignore_password_expiry",
            "ignore_lockout_failure_attempts",
            "lock_password",
            "ignore_user_inactivity",
            "multi_factor_auth_rules",
            "multi_factor_auth_enabled"
        );
        return new()
        {
            IgnoreChangePasswordUponFirstUse = Bool(
                given,
                "ignore_change_password_upon_first_use",
                IgnoreChangePasswordUponFirstUse
            ),
            IgnorePasswordExpiry = Bool(given, "ignore_password_expiry", IgnorePasswordExpiry),
            IgnoreLockoutFailureAttempts = Bool(given, "ignore_lockout_failure_attempts", IgnoreLockoutFailureAttempts),
            LockPassword = Bool(given, "lock_password", LockPassword),
            IgnoreUserInactivity = Bool(given, "ignore_user_inactivity", IgnoreUserInactivity),
            MultiFactorAuthEnabled = Bool(given, "multi_factor_auth_enabled", MultiFactorAuthEnabled),
            MultiFactorAuthRules = given.Has("multi_factor_auth_rules")
                ? given.Nullable("multi_factor_auth_rules") is { } rules
                    ? Rules(rules)
                    : null
                : MultiFactorAuthRules,
        };
    }

    private static bool? Bool(Fields given, string name, bool? before) =>
        given.Has(name) ? given.Nullable(name)?.Bool() : before;

    private static List<IReadOnlyList<string>> Rules(Field rules)
    {
        var read = new List<IReadOnlyList<string>>();
        foreach (var rule in rules.Array())
        {
            var methods = rule.Array(1).Select(method => method.String(1)).ToList();
            if (methods.Distinct().Count() < methods.Count)
                throw rule.Wrong("names a method twice");
            if (read.Any(other => other.SequenceEqual(methods)))
                throw rule.Wrong("is there already");
            read.Add(methods);
        }
        return read;
    }
}
