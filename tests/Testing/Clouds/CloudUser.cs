namespace Pipeline.Testing.Clouds;

/// <summary>Somebody who uses the cloud, in one project. The token is got, and got again, by a real login.</summary>
public sealed class CloudUser(string name, string password, string project)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(50);
    private DateTimeOffset issued;
    private string? token;

    public string Name => name;

    public string Project => project;

    public string Password => password;

    public string? TokenAt(DateTimeOffset now) => now - issued < Fresh ? token : null;

    public void Keep(string fresh, DateTimeOffset now) => (token, issued) = (fresh, now);

    /// <summary>The body of `POST /v3/auth/tokens`.</summary>
    public string Login =>
        $$$"""
            {"auth": {
              "identity": {"methods": ["password"], "password": {"user": {
                "name": "{{{name}}}", "password": "{{{password}}}", "domain": {"id": "default"} } } },
              "scope": {"project": {"name": "{{{project}}}", "domain": {"id": "default"} } } } }
            """;
}
