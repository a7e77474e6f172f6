using Pipeline.Identity.Passwords;

namespace Pipeline.Identity.Auth;

/// <summary>A domain, as clients name it: a name beats an id.</summary>
internal sealed record DomainRef(string? Id, string? Name);

/// <summary>A user or project, as clients name it: by id, or by name within a domain.</summary>
internal sealed record NamedRef(string? Id, string? Name, DomainRef? Domain);

internal sealed record PasswordProof(NamedRef User, string Password);

/// <summary>A code of the user's authenticator app.</summary>
internal sealed record TotpProof(NamedRef User, string Passcode)
{
    public override string ToString() => "one-time code"; // a record would print it
}

/// <summary>An application credential by its id, or by its name and user; and its secret.</summary>
internal sealed record CredentialProof(string? Id, string? Name, NamedRef? User, string Secret)
{
    public override string ToString() => $"application credential {Id ?? Name}"; // a record would print the secret
}

/// <summary>What a login asks its token to be good for.</summary>
internal abstract record Scope
{
    /// <summary>The user's default project where they have one.</summary>
    public sealed record Default : Scope;

    public sealed record Unscoped : Scope;

    public sealed record OfProject(NamedRef Project) : Scope;

    public sealed record OfDomain(DomainRef Domain) : Scope;

    public sealed record OfSystem : Scope;

    /// <summary>What another user lets this one do.</summary>
    public sealed record OfTrust(string Id) : Scope;
}

/// <summary>The body of `POST auth/tokens`.</summary>
/// <param name="Methods">As the client names them; those not supported are refused by the login.</param>
internal sealed record AuthRequest(IReadOnlyList<string> Methods, PasswordProof? Password, string? Token, Scope Scope)
{
    public CredentialProof? Credential { get; init; }

    public TotpProof? Totp { get; init; }

    /// <exception cref="Fault">BadRequest naming the field.</exception>
    public static AuthRequest Read(Fields body)
    {
        var auth = body.Object("auth");
        var identity = auth.Object("identity");
        var methods = identity.Array("methods").Select(method => method.String()).Distinct().ToList();
        if (methods.Count == 0)
            throw identity["methods"].Wrong("must not be empty");
        return new(
            methods,
            methods.Contains("password") ? ReadPassword(identity.Object("password").Object("user")) : null,
            methods.Contains("token") ? identity.Object("token")["id"].String(max: 4096) : null,
            ReadScope(auth)
        )
        {
            Credential = methods.Contains("application_credential")
                ? ReadCredential(identity.Object("application_credential"))
                : null,
            Totp = methods.Contains("totp") ? ReadTotp(identity.Object("totp").Object("user")) : null,
        };
    }

    private static CredentialProof ReadCredential(Fields credential)
    {
        var secret = credential["secret"].String(max: PasswordHash.LongestPassword);
        if (credential.Nullable("id") is { } id)
            return new(id.String(1), null, null, secret);
        return new(null, credential["name"].String(1), ReadRef(credential.Object("user")), secret);
    }

    private static PasswordProof ReadPassword(Fields user) =>
        new(ReadRef(user), user["password"].String(max: PasswordHash.LongestPassword));

    private static TotpProof ReadTotp(Fields user) => new(ReadRef(user), user["passcode"].String(max: 255));

    private static Scope ReadScope(Fields auth)
    {
        if (auth.Nullable("scope") is not { } scope)
            return new Scope.Default();
        if (scope.Json.ValueKind == System.Text.Json.JsonValueKind.String)
            return scope.String() == "unscoped" ? new Scope.Unscoped() : throw scope.Wrong("must be an object");
        var fields = scope.Object();
        var asked = fields.Entries().Select(entry => entry.Name).Where(IsScope).ToList();
        return asked switch
        {
            ["unscoped"] => new Scope.Unscoped(),
            ["project"] => new Scope.OfProject(ReadRef(fields.Object("project"))),
            ["domain"] => new Scope.OfDomain(ReadDomain(fields.Object("domain"))),
            ["system"] => fields.Object("system").Optional("all")?.Bool() == true
                ? new Scope.OfSystem()
                : throw fields["system"].Wrong("must be {\"all\": true}"),
            ["OS-TRUST:trust"] => new Scope.OfTrust(fields.Object("OS-TRUST:trust").String("id", 1)),
            _ => throw scope.Wrong("must have one of system, project, domain, OS-TRUST:trust or unscoped"),
        };
    }

    private static bool IsScope(string name) =>
        name is "system" or "project" or "domain" or "OS-TRUST:trust" or "unscoped";

    private static NamedRef ReadRef(Fields fields)
    {
        var (id, name) = (fields.Nullable("id")?.String(), fields.Nullable("name")?.String());
        if (string.IsNullOrEmpty(name))
            return string.IsNullOrEmpty(id)
                ? throw Fault.BadRequest($"Invalid input for field {fields.Path}: id or name must be present.")
                : new(id, null, null);
        return new(null, name, ReadDomain(fields.Object("domain")));
    }

    private static DomainRef ReadDomain(Fields domain)
    {
        var (id, name) = (domain.Nullable("id")?.String(), domain.Nullable("name")?.String());
        return string.IsNullOrEmpty(id) && string.IsNullOrEmpty(name)
            ? throw Fault.BadRequest($"Invalid input for field {domain.Path}: id or name must be present.")
            : new(id, name);
    }
}
