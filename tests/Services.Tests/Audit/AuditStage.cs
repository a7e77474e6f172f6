using System.Text;
using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Audit;

/// <summary>A cloud in which something was done, and those who may read of it.</summary>
internal sealed class AuditStage(TestCloud cloud)
{
    public TestCloud Cloud => cloud;

    /// <summary>A manager of the project `demo`.</summary>
    public CloudUser Manager { get; } = new("keeper", "keeper-secret", "demo");

    public string Project { get; private set; } = "";

    public static void Run(Func<AuditStage, Task> story) =>
        TestCloud.Run(
            async cloud =>
            {
                var stage = new AuditStage(cloud);
                await stage.FurnishAsync();
                await story(stage);
            },
            options: new CloudOptions(FunctionsHosts: 2)
        );

    public Task<CloudAnswer> GetAsync(string path, CloudUser? user) => cloud.GetAsync($"/audit/v1/{path}", user);

    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string query, CloudUser user) =>
        [.. (await GetAsync($"events{query}", user)).Must(200).Json.GetProperty("events").EnumerateArray()];

    /// <summary>A keypair is a mutation that nothing follows.</summary>
    public async Task<CloudAnswer> ActAsync(string name) =>
        (await cloud.PostAsync("/compute/v2.1/os-keypairs", Keypair(name), cloud.Demo)).Must(200);

    /// <summary>A token for a domain or the system, which those who log in by name of a project do not have.</summary>
    public async Task<CloudAnswer> GetAsAsync(string path, CloudUser user, string scope)
    {
        var body = $$$"""
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "{{{user.Name}}}",
             "password": "{{{user.Password}}}", "domain": {"id": "default"} } } }, "scope": {{{scope}}} } }
            """;
        var login = new CloudRequest("POST", "/v3/auth/tokens", Encoding.UTF8.GetBytes(body));
        var token = (await cloud.SendAsync(login, CancellationToken.None)).Must(201).Headers["X-Subject-Token"];
        var request = new CloudRequest("GET", $"/audit/v1/{path}", []) { Headers = { ["X-Auth-Token"] = token } };
        return await cloud.SendAsync(request, CancellationToken.None);
    }

    public async Task GrantAsync(string place, string user, string role)
    {
        var listed = (await cloud.GetAsync($"/v3/roles?name={role}", cloud.Admin)).Must(200);
        var id = listed.Json.GetProperty("roles")[0].GetProperty("id").GetString();
        (await cloud.PutAsync($"/v3/{place}/users/{user}/roles/{id}", "", cloud.Admin)).Must(204);
    }

    public async Task<string> AddUserAsync(string name)
    {
        var user = $$$"""{"user": {"name": "{{{name}}}", "password": "{{{name}}}-secret"}}""";
        return (await cloud.PostAsync("/v3/users", user, cloud.Admin)).Must(201).Text("user", "id");
    }

    public Task<int> ChangeAsync(string sql) => cloud.Store.WriteAsync(tx => tx.ExecuteAsync(sql));

    private async Task FurnishAsync()
    {
        var listed = (await cloud.GetAsync("/v3/projects?name=demo", cloud.Admin)).Must(200);
        Project = listed.Json.GetProperty("projects")[0].GetProperty("id").GetString()!;
        await GrantAsync($"projects/{Project}", await AddUserAsync(Manager.Name), "manager");
    }

    private static string Keypair(string name) => $$$"""{"keypair": {"name": "{{{name}}}"} }""";
}
