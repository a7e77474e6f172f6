using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Identity;

/// <summary>One functions host: the real functions behind the real pipeline, called in process.</summary>
internal sealed class IdentityHost(IdentityWorld world, ServiceProvider services)
{
    private readonly FunctionsPipeline pipeline = services.GetRequiredService<FunctionsPipeline>();

    public ServiceProvider Services { get; } = services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task<Seen> SendAsync(
        string method,
        string path,
        string? token = null,
        string? body = null,
        Action<HttpContext>? prepare = null
    )
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new("cloud.example:7071");
        context.Request.Path = path.Split('?')[0];
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        if (path.IndexOf('?') is > 0 and var query)
            context.Request.QueryString = new(path[query..]);
        if (token is not null)
            context.Request.Headers["X-Auth-Token"] = token;
        if (body is not null)
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var sent = new MemoryStream();
        context.Response.Body = sent;
        prepare?.Invoke(context);
        await pipeline.InvokeAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return new(context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(sent.ToArray()));
    }

    public Task<Seen> GetAsync(string path, string? token) => SendAsync("GET", $"/identity/v3/{path}", token);

    public Task<Seen> PostAsync(string path, string? token, string body) =>
        SendAsync("POST", $"/identity/v3/{path}", token, body);

    public Task<Seen> PatchAsync(string path, string? token, string body) =>
        SendAsync("PATCH", $"/identity/v3/{path}", token, body);

    public Task<Seen> PutAsync(string path, string? token) => SendAsync("PUT", $"/identity/v3/{path}", token);

    public Task<Seen> DeleteAsync(string path, string? token) => SendAsync("DELETE", $"/identity/v3/{path}", token);

    /// <summary>A request about another token than the one it is made with.</summary>
    public Task<Seen> SubjectAsync(string method, string token, string subject) =>
        SendAsync(
            method,
            "/identity/v3/auth/tokens",
            token,
            prepare: context => context.Request.Headers["X-Subject-Token"] = subject
        );

    public Task<Seen> LoginAsync(string user, string password, string? project, string from = "10.0.0.1") =>
        SendAsync(
            "POST",
            "/identity/v3/auth/tokens",
            body: Login(user, password, project),
            prepare: context => context.Connection.RemoteIpAddress = IPAddress.Parse(from)
        );

    public Task<Seen> RescopeAsync(string token, string? project) =>
        PostAsync("auth/tokens", null, Rescope(token, project));

    public async Task<string> AdminAsync() => (await LoginAsync("admin", world.Passwords.Admin, "admin")).Token;

    public async Task<string> DemoAsync() => (await LoginAsync("demo", world.Passwords.Demo, "demo")).Token;

    /// <summary>Whether a token holds, as every service would learn it.</summary>
    public async Task<bool> HoldsAsync(string token) => await CallerAsync(token) is not null;

    public ValueTask<Caller?> CallerAsync(string token) => Get<ITokens>().AuthenticateAsync(token);

    public async Task<string> IdAsync(string kind, string name, string admin)
    {
        var found = await GetAsync($"{kind}?name={Uri.EscapeDataString(name)}", admin);
        return found.Json.GetProperty(kind)[0].GetProperty("id").GetString()!;
    }

    public async Task<string> NewUserAsync(string admin, string name, string password)
    {
        var body = new JsonObject
        {
            ["user"] = new JsonObject { ["name"] = name, ["password"] = password },
        };
        return (await PostAsync("users", admin, body.ToJsonString())).Id("user");
    }

    public async Task<string> NewProjectAsync(string admin, string name) =>
        (await PostAsync("projects", admin, $$$"""{"project":{"name":"{{{name}}}"}}""")).Id("project");

    public async Task GrantAsync(string admin, string project, string user, string role)
    {
        var roleId = await IdAsync("roles", role, admin);
        Assert.Equal(204, (await PutAsync($"projects/{project}/users/{user}/roles/{roleId}", admin)).Status);
    }

    public static string Login(string user, string password, string? project)
    {
        const string domain = """{"id":"default"}""";
        var name = JsonValue.Create(user).ToJsonString();
        var secret = JsonValue.Create(password).ToJsonString();
        var scope = project is null
            ? "\"unscoped\""
            : $$$"""{"project":{"name":"{{{project}}}","domain":{{{domain}}} }}""";
        return $$$"""
            {"auth":{"identity":{"methods":["password"],
            "password":{"user":{"name":{{{name}}},"domain":{{{domain}}},"password":{{{secret}}} } } },
            "scope":{{{scope}}} }}
            """;
    }

    public static string Rescope(string token, string? project)
    {
        var scope = project is null ? "\"unscoped\"" : $$$"""{"project":{"id":"{{{project}}}"}}""";
        return $$$$"""{"auth":{"identity":{"methods":["token"],"token":{"id":"{{{{token}}}}"}},"scope":{{{{scope}}}} }}""";
    }
}

internal sealed record Seen(int Status, IHeaderDictionary Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string Token => Headers["X-Subject-Token"].ToString();

    public string Message => Json.GetProperty("error").GetProperty("message").GetString()!;

    public string Id(string kind) => Json.GetProperty(kind).GetProperty("id").GetString()!;

    public IEnumerable<string> Names(string list) =>
        Json.GetProperty(list).EnumerateArray().Select(one => one.GetProperty("name").GetString()!);

    public void Matches(string golden) =>
        Golden.Matches(
            new(Status, Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())), Body),
            $"identity/{golden}"
        );
}
