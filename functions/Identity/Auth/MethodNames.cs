using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Auth;

/// <summary>Ways to log in by the names that clients, tokens and rules call them.</summary>
internal static class MethodNames
{
    private static readonly (AuthMethods Method, string Name)[] All =
    [
        (AuthMethods.Token, "token"),
        (AuthMethods.Password, "password"),
        (AuthMethods.ApplicationCredential, "application_credential"),
        (AuthMethods.Totp, "totp"),
        (AuthMethods.OpenId, "openid"),
        (AuthMethods.Ec2, "ec2credential"),
    ];

    /// <summary>Those that a body of `auth/tokens` may name.</summary>
    private const AuthMethods Asked =
        AuthMethods.Token | AuthMethods.Password | AuthMethods.ApplicationCredential | AuthMethods.Totp;

    public static List<string> Of(AuthMethods methods) =>
        [.. All.Where(one => methods.HasFlag(one.Method)).Select(one => one.Name)];

    /// <exception cref="Fault">Unauthorized for one that this cloud does not have.</exception>
    public static AuthMethods Read(IEnumerable<string> names)
    {
        var methods = AuthMethods.None;
        foreach (var name in names)
            methods |=
                Find(name) is var found && (found & Asked) != AuthMethods.None
                    ? found
                    : throw new Fault(FaultCode.Unauthorized, "Attempted to authenticate with an unsupported method.");
        return methods;
    }

    /// <summary>None for a name that this cloud does not know.</summary>
    public static AuthMethods Find(string name) => All.FirstOrDefault(one => one.Name == name).Method;
}
