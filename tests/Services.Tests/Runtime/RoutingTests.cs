using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime;

public sealed class RoutingTests : IDisposable
{
    private readonly FunctionsWorld world = new(
        typeof(Servers),
        typeof(Objects),
        typeof(Versions),
        typeof(Users),
        typeof(Things)
    );

    [Theory]
    [InlineData("GET", "/compute/v2.1/servers", "list")]
    [InlineData("GET", "/compute/v2.1/servers/detail", "detail")]
    [InlineData(
        "GET",
        "/compute/v2.1/servers/6f3c9f4e-6d0b-4f1e-9d2a-0123456789ab",
        "6f3c9f4e-6d0b-4f1e-9d2a-0123456789ab"
    )]
    [InlineData("GET", $"/compute/v2.1/{FunctionsWorld.Project}/servers", "list")]
    [InlineData("GET", "http://cloud.example/compute/v2.1/servers?name=x", "list")]
    [InlineData("GET", "/compute/v2%2E1/servers", "list")]
    [InlineData("GET", "/compute/v2.1", "version")]
    [InlineData("GET", "/compute/v2.1/", "version")]
    [InlineData("GET", "/", "root")]
    [InlineData("GET", "/identity/v3/users/", "users")]
    [InlineData("GET", "/racks/r/things/t", "r||t|False")]
    [InlineData("GET", "/shelves/s/things/t/broken", "|s|t|True")]
    [InlineData("COPY", "/objects/c/a/../b%2Fc//d/", "c|a/../b/c//d/")]
    public async Task A_path_finds_its_function_as_it_was_sent(string method, string target, string expected)
    {
        var seen = await world.SendAsync(method, target);
        Assert.Equal((200, expected), (seen.Status, seen.Body));
    }

    [Theory]
    [InlineData("GET", "/compute/v2.1/servers/")]
    [InlineData("DELETE", "/compute/v2.1/servers/")]
    [InlineData("GET", "/compute/v2.1/servers/srv1")]
    [InlineData("GET", "/compute/v2.1/servers/../servers")]
    [InlineData("GET", "/Compute/v2.1/servers")]
    [InlineData("GET", "/compute/v2.1//servers")]
    [InlineData("DELETE", "/compute/v2.1/servers/detail")]
    public async Task What_is_not_there_is_a_404_in_the_words_of_its_api(string method, string target)
    {
        var seen = await world.SendAsync(method, target);
        Assert.Equal(404, seen.Status);
        if (target.StartsWith("/compute"))
            Assert.Equal(404, seen.Json.GetProperty("itemNotFound").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Another_method_of_a_known_path_is_405_and_names_those_it_has()
    {
        var seen = await world.SendAsync("PATCH", "/compute/v2.1/servers");
        Assert.Equal(405, seen.Status);
        Assert.Equal("GET, HEAD, POST", seen.Headers.Allow);
        Assert.Equal("application/json", seen.Headers.ContentType);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        var seen = await world.SendAsync("HEAD", "/compute/v2.1/json");
        Assert.Equal((200, ""), (seen.Status, seen.Body));
        Assert.Equal("13", seen.Headers.ContentLength.ToString());
    }

    [Fact]
    public async Task Another_project_in_the_path_is_a_400()
    {
        var seen = await world.SendAsync("GET", $"/compute/v2.1/{new string('a', 32)}/servers");
        Assert.Equal(400, seen.Status);
        Assert.Contains(
            "Malformed request URL",
            seen.Json.GetProperty("badRequest").GetProperty("message").GetString()
        );
    }

    [Theory]
    [InlineData("/objects/c/%zz")]
    [InlineData("/objects/c/%C3")]
    [InlineData("/objects/c/%4")]
    public async Task A_malformed_escape_is_a_400(string target)
    {
        Assert.Equal(400, (await world.SendAsync("COPY", target)).Status);
    }

    [Fact]
    public void The_table_prints_every_route_on_a_line()
    {
        var lines = world.Routes.Print().TrimEnd('\n').Split('\n');
        Assert.Contains("GET    /compute/v2.1/servers  compute:servers:index  ProjectReader  200  list-servers", lines);
        Assert.Contains("GET    /racks/{rack}/things/{thing_id}  things  Token  -  thing", lines);
        Assert.Equal(12, lines.Length);
    }

    [Fact]
    public void Two_functions_for_one_path_do_not_start()
    {
        var refused = Assert.Throws<InvalidOperationException>(() =>
            new FunctionsWorld(typeof(Servers), typeof(SameAgain))
        );
        Assert.Contains("list-servers and again", refused.Message);
    }

    [Fact]
    public void A_parameter_that_a_route_does_not_have_and_no_default_says_does_not_start()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new FunctionsWorld(typeof(Misspelt)));
        Assert.Contains("nothing binds its parameter shelv", refused.Message);
    }

    public void Dispose() => world.Dispose();

    private sealed class Servers
    {
        [Function("list-servers"), Policy("compute:servers:index", Require.ProjectReader), Answers(200)]
        public IResult List(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "compute/v2.1/servers")]
                HttpRequest request
        ) => Answer.Text(200, "list");

        [Function("detail"), Policy("compute:servers:detail", Require.ProjectReader)]
        public IResult Detail(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers/detail")]
                HttpRequest request
        ) => Answer.Text(200, "detail");

        [Function("show"), Policy("compute:servers:show", Require.ProjectReader)]
        public Task<IResult> ShowAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", "delete", Route = "compute/v2.1/servers/{server_id}")]
                HttpRequest request,
            ServerId serverId
        ) => Task.FromResult<IResult>(Answer.Text(200, serverId.ToString()));

        [Function("json"), Policy("compute:json", Require.ProjectReader)]
        public ValueTask<IResult> JsonAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/json")] HttpRequest request
        ) => new(Answer.Json(200, new Named("é"), RoutingJson.Default.Named));
    }

    private sealed class SameAgain
    {
        [Function("again"), Policy("x", Require.Anyone)]
        public IResult List(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers")] HttpRequest request
        ) => Answer.NoContent();
    }

    private sealed class Objects
    {
        [Function("copy"), Policy("object:copy", Require.Token)]
        public IResult Copy(
            [HttpTrigger(AuthorizationLevel.Anonymous, "copy", Route = "objects/{container}/{**name}")]
                HttpRequest request,
            string container,
            string name
        ) => Answer.Text(200, $"{container}|{name}");
    }

    private sealed record Place(string ThingId, string? Rack = null, string? Shelf = null, bool Broken = false);

    private sealed class Things
    {
        [Function("thing"), Policy("things", Require.Token)]
        public IResult Run(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "racks/{rack}/things/{thing_id}")]
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "shelves/{shelf}/things/{thing_id}/broken")]
                HttpRequest request,
            [AsParameters] Place place
        ) => Answer.Text(200, $"{place.Rack}|{place.Shelf}|{place.ThingId}|{place.Broken}");
    }

    private sealed class Misspelt
    {
        [Function("misspelt"), Policy("things", Require.Token)]
        public IResult Run(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "racks/{rack}")]
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "shelves/{shelf}")]
                HttpRequest request,
            string shelv,
            string? rack = null
        ) => Answer.NoContent();
    }

    private sealed class Versions
    {
        [Function("root"), Policy("versions", Require.Anyone)]
        public IResult Root([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "")] HttpRequest request) =>
            Answer.Text(200, "root");

        [Function("version"), Policy("version", Require.Anyone)]
        public IResult Version(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/")] HttpRequest request
        ) => Answer.Text(200, "version");
    }

    private sealed class Users
    {
        [Function("users"), Policy("identity:list_users", Require.Token)]
        public IResult List(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/users")] HttpRequest request
        ) => Answer.Text(200, "users");
    }
}

internal sealed record Named(string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Named))]
internal sealed partial class RoutingJson : JsonSerializerContext;
