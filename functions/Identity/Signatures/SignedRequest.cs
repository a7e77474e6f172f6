namespace Pipeline.Identity.Signatures;

/// <summary>
/// A request to another service, as its signature covers it: what that service hands on for a check. The fields are those of Keystone's `ec2tokens`.
/// </summary>
/// <param name="Access">The public half of the key pair.</param>
/// <param name="Host">With its port where the client named one; empty when the service says none.</param>
/// <param name="Headers">By their names, whatever their case.</param>
/// <param name="BodyHash">SHA-256 in hex; only version 4 covers it.</param>
internal sealed record SignedRequest(
    string Access,
    string Signature,
    string Host,
    string Verb,
    string Path,
    IReadOnlyDictionary<string, string> Params,
    IReadOnlyDictionary<string, string> Headers,
    string BodyHash
)
{
    private const int Longest = 8192;

    /// <summary>`s3tokens` alone: the text that the client signed, in base64url.</summary>
    public string StringToSign { get; init; } = "";

    /// <exception cref="Fault">BadRequest naming a field of a wrong kind; Unauthorized without access key or signature.</exception>
    public static SignedRequest Read(Fields body)
    {
        var given = body.Nullable("credentials") ?? body.Nullable("credential") ?? body.Nullable("ec2Credentials");
        if (given is not { } field)
            throw Fault.BadRequest("Invalid input: field credentials is required.");
        var fields = field.Object();
        var access = Text(fields, "access");
        var signature = Text(fields, "signature");
        if (access.Length == 0 || signature.Length == 0)
            throw Refusals.Unauthorized();
        return new(
            access,
            signature,
            Text(fields, "host"),
            Text(fields, "verb"),
            Text(fields, "path"),
            Map(fields, "params", StringComparer.Ordinal),
            Map(fields, "headers", StringComparer.OrdinalIgnoreCase),
            Text(fields, "body_hash")
        )
        {
            StringToSign = Text(fields, "token"),
        };
    }

    public override string ToString() => $"request signed with {Access}"; // a record would print the signature

    private static string Text(Fields fields, string name) => fields.Nullable(name)?.String(max: Longest) ?? "";

    private static Dictionary<string, string> Map(Fields fields, string name, StringComparer names)
    {
        var map = new Dictionary<string, string>(names);
        foreach (var (key, value) in fields.Nullable(name)?.Object().StringMap(Longest, Longest) ?? [])
            map[key.Trim()] = value;
        return map;
    }
}
