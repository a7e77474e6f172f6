using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>A user of the public APIs, for what happens around a measurement.</summary>
internal sealed class CloudClient : IDisposable
{
    private readonly HttpClient http;

    private CloudClient(int port) => http = new() { BaseAddress = new($"http://127.0.0.1:{port}") };

    public string Token { get; private set; } = "";

    public string Project { get; private set; } = "";

    /// <summary>The body with which the user logs in.</summary>
    public JsonObject Login { get; private init; } = [];

    public static async Task<CloudClient> LoginAsync(int port, string user, string password, CancellationToken ct)
    {
        var client = new CloudClient(port) { Login = LoginOf(user, password) };
        using var answer = await client.http.PostAsync("/identity/v3/auth/tokens", Json(client.Login), ct);
        var body = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct))!;
        client.Token = answer.Headers.GetValues("X-Subject-Token").Single();
        client.Project = (string)body["token"]!["project"]!["id"]!;
        client.http.DefaultRequestHeaders.Add("X-Auth-Token", client.Token);
        return client;
    }

    public Task<JsonNode?> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public async Task<JsonNode> PostAsync(string path, JsonNode body, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Post, path, body, ct))!;

    /// <exception cref="IOException">The answer is a refusal.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        return await SendAsync(request, ct);
    }

    /// <summary>Uploads bytes as an image's file.</summary>
    public async Task UploadAsync(string path, byte[] bytes, CancellationToken ct)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
        await SendAsync(request, ct);
    }

    /// <summary>Lets SSH in to guests of the default group.</summary>
    public async Task AllowSshAsync(CancellationToken ct)
    {
        var groups = await GetAsync("/network/v2.0/security-groups?name=default", ct);
        var rule = new JsonObject
        {
            ["security_group_id"] = (string)groups!["security_groups"]![0]!["id"]!,
            ["direction"] = "ingress",
            ["protocol"] = "tcp",
            ["port_range_min"] = 22,
            ["port_range_max"] = 22,
        };
        await PostAsync("/network/v2.0/security-group-rules", new JsonObject { ["security_group_rule"] = rule }, ct);
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonNode?> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode)
            throw new IOException($"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static JsonObject LoginOf(string user, string password)
    {
        JsonObject Domain() => new() { ["id"] = "default" };
        var who = new JsonObject
        {
            ["name"] = user,
            ["domain"] = Domain(),
            ["password"] = password,
        };
        return new()
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = who },
                },
                ["scope"] = new JsonObject
                {
                    ["project"] = new JsonObject { ["name"] = user, ["domain"] = Domain() },
                },
            },
        };
    }
}
