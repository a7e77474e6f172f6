using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Access;

/// <summary>Somebody with one role somewhere, and a token for that place.</summary>
/// <param name="Name">The column in the table of access.</param>
internal sealed record Persona(string Name, string Token)
{
    /// <summary>A user of this name, with the role on the place; the token is of that place.</summary>
    /// <param name="place">`projects/{id}`, `domains/{id}` or `system`.</param>
    public static async Task<(Persona Persona, string UserId)> AddAsync(
        TestCloud cloud,
        string name,
        string role,
        string place,
        string domain
    )
    {
        var user =
            $$$"""{"user": {"name": "{{{name}}}", "password": "{{{name}}}-secret", "domain_id": "{{{domain}}}"} }""";
        var id = (await cloud.PostAsync("/v3/users", user, cloud.Admin)).Must(201).Text("user", "id");
        var roles = (await cloud.GetAsync($"/v3/roles?name={role}", cloud.Admin)).Must(200).Json.GetProperty("roles");
        var roleId = roles[0].GetProperty("id").GetString();
        (await cloud.PutAsync($"/v3/{place}/users/{id}/roles/{roleId}", "", cloud.Admin)).Must(204);
        return (new(name, await LoginAsync(cloud, id, $"{name}-secret", place)), id);
    }

    private static async Task<string> LoginAsync(TestCloud cloud, string user, string password, string place)
    {
        var parts = place.Split('/');
        var scope = parts is [var kind, var id]
            ? $$"""{"{{kind.TrimEnd('s')}}": {"id": "{{id}}"} }"""
            : """{"system": {"all": true}}""";
        var login = $$$"""
            {"auth": {"scope": {{{scope}}}, "identity": {"methods": ["password"],
              "password": {"user": {"id": "{{{user}}}", "password": "{{{password}}}"} } } } }
            """;
        var request = new CloudRequest("POST", "/v3/auth/tokens", Encoding.UTF8.GetBytes(login));
        return (await cloud.SendAsync(request, CancellationToken.None)).Must(201).Headers["X-Subject-Token"];
    }
}
