using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime;

public sealed class PipelineTests : IDisposable
{
    private readonly FunctionsWorld world = new(
        services =>
            services
                .AddSingleton(
                    new Microversions(
                        Api.Compute,
                        new(2, 1),
                        [new(2, true, "keypair types"), new(3, true, "more"), new(4, false, ""), new(5, true, "")],
                        "X-OpenStack-Nova-API-Version"
                    )
                )
                .AddSingleton<AuthenticateHost>(
                    (request, _) => new(HostId.TryParse(request.Headers["X-Signed-By"], out var id) ? id : null)
                ),
        typeof(Echo)
    );

    [Theory]
    [InlineData("/network/v2.0/read", null, 401)]
    [InlineData("/network/v2.0/read", "forged", 401)]
    [InlineData("/network/v2.0/read", "stranger", 403)]
    [InlineData("/network/v2.0/read", "unscoped", 403)]
    [InlineData("/network/v2.0/read", "reader", 200)]
    [InlineData("/network/v2.0/write", "reader", 403)]
    [InlineData("/network/v2.0/write", "member", 200)]
    [InlineData("/network/v2.0/write", "admin", 200)]
    [InlineData("/network/v2.0/manage", "member", 403)]
    [InlineData("/network/v2.0/manage", "manager", 200)]
    [InlineData("/network/v2.0/admin", "manager", 403)]
    [InlineData("/network/v2.0/admin", "admin", 200)]
    [InlineData("/identity/v3/token", "unscoped", 200)]
    [InlineData("/identity/v3/open", null, 200)]
    [InlineData("/identity/v3/open", "forged", 200)]
    public async Task A_caller_gets_what_its_role_allows(string target, string? token, int status)
    {
        Assert.Equal(status, (await world.SendAsync("GET", target, token)).Status);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("member", 403)]
    public async Task Identity_headers_from_outside_are_ignored(string? token, int status)
    {
        var seen = await world.SendAsync(
            "GET",
            "/network/v2.0/admin",
            token,
            prepare: context =>
            {
                var headers = context.Request.Headers;
                headers["X-Identity-Status"] = "Confirmed";
                headers["X-User-Id"] = "admin";
                headers["X-Project-Id"] = FunctionsWorld.Project;
                headers["X-Roles"] = "admin";
                headers["X-Is-Admin-Project"] = "True";
                headers["Openstack-System-Scope"] = "all";
            }
        );
        Assert.Equal(status, seen.Status);
    }

    [Fact]
    public async Task A_refused_token_is_told_where_Keystone_is()
    {
        var seen = await world.SendAsync("GET", "/compute/v2.1/version", token: null);
        Assert.Equal("Keystone uri=\"http://cloud.example:7071/identity\"", seen.Headers.WWWAuthenticate);
        Assert.Equal("Unauthorized", seen.Json.GetProperty("error").GetProperty("title").GetString());
    }

    [Fact]
    public async Task Every_answer_carries_its_request_id()
    {
        var seen = await world.SendAsync("GET", "/compute/v2.1/nowhere");
        Assert.Matches("^req-[0-9a-f]{8}-[0-9a-f-]{27}$", seen.Headers["X-Openstack-Request-Id"].ToString());
        Assert.Equal(seen.Headers["X-Openstack-Request-Id"], seen.Headers["x-compute-request-id"]);
    }

    [Theory]
    [InlineData(null, null, 200, "2.1")]
    [InlineData("compute 2.3", null, 200, "2.3")]
    [InlineData("placement 1.29, compute 2.2", null, 200, "2.2")]
    [InlineData("compute latest", null, 200, "2.3")]
    [InlineData(null, "2.2", 200, "2.2")]
    [InlineData("compute 2.3", "2.2", 200, "2.3")]
    [InlineData("volume 3.70", "2.2", 200, "2.2")]
    [InlineData("compute 2.4", null, 406, null)]
    [InlineData("compute 2.0", null, 406, null)]
    [InlineData("compute 3.1", null, 406, null)]
    [InlineData("compute 2.01", null, 400, null)]
    [InlineData("compute two", null, 400, null)]
    [InlineData(null, "", 400, null)]
    public async Task A_microversion_is_negotiated_and_echoed(
        string? modern,
        string? legacy,
        int status,
        string? expected
    )
    {
        var seen = await world.SendAsync(
            "GET",
            "/compute/v2.1/version",
            prepare: context =>
            {
                if (modern is not null)
                    context.Request.Headers["OpenStack-API-Version"] = modern;
                if (legacy is not null)
                    context.Request.Headers["X-OpenStack-Nova-API-Version"] = legacy;
            }
        );
        Assert.Equal(status, seen.Status);
        Assert.Contains("OpenStack-API-Version", seen.Headers.Vary.ToString());
        if (expected is null)
            return;
        Assert.Equal(expected, seen.Body);
        Assert.Equal($"compute {expected}", seen.Headers["OpenStack-API-Version"]);
        Assert.Equal(expected, seen.Headers["X-OpenStack-Nova-API-Version"]);
    }

    [Theory]
    [InlineData("/compute/v2.1/fail/Conflict", 409, """{"conflictingRequest":{"code":409,"message":"no"}}""")]
    [InlineData("/compute/v2.1/fail/QuotaExceeded", 403, """{"forbidden":{"code":403,"message":"no"}}""")]
    [InlineData(
        "/network/v2.0/fail/QuotaExceeded",
        409,
        """{"NeutronError":{"type":"OverQuota","message":"no","detail":""}}"""
    )]
    [InlineData(
        "/network/v2.0/fail/NotFound?type=NetworkNotFound",
        404,
        """{"NeutronError":{"type":"NetworkNotFound","message":"no","detail":""}}"""
    )]
    [InlineData("/identity/v3/fail/Forbidden", 403, """{"error":{"code":403,"title":"Forbidden","message":"no"}}""")]
    [InlineData("/image/v2/fail/NotFound", 404, """{"message":"no","code":"404 Not Found","title":"Not Found"}""")]
    [InlineData("/volume/v3/fail/QuotaExceeded", 413, """{"overLimit":{"code":413,"message":"no"}}""")]
    [InlineData(
        "/placement/fail/Conflict?type=placement.concurrent_update",
        409,
        """
            {"errors":[{"status":409,"title":"Conflict","detail":"no","request_id":"req-00000001-0000-0000-0000-000000000000","code":"placement.concurrent_update"}]}
            """
    )]
    [InlineData(
        "/hosts/v1/fail/RateLimited",
        429,
        """{"error":{"code":"RateLimited","message":"no","requestId":"req-00000001-0000-0000-0000-000000000000"}}"""
    )]
    public async Task A_fault_is_told_in_the_words_of_its_api(string target, int status, string body)
    {
        var seen = await world.SendAsync("GET", target);
        Assert.Equal((status, body), (seen.Status, seen.Body));
        Assert.Equal("application/json", seen.Headers.ContentType);
    }

    [Fact]
    public async Task A_bug_tells_its_request_id_and_nothing_else()
    {
        var seen = await world.SendAsync("GET", "/compute/v2.1/bug");
        Assert.Equal(500, seen.Status);
        Assert.Contains(seen.Headers["X-Openstack-Request-Id"].ToString(), seen.Body);
        Assert.DoesNotContain("secret", seen.Body);
    }

    [Fact]
    public async Task A_function_that_takes_a_token_is_bounded_by_the_function_timeout()
    {
        var sent = world.SendAsync("GET", "/identity/v3/hang");
        world.Time.Advance(FunctionsWorld.FunctionTimeout);
        Assert.Equal(504, (await sent.WaitAsync(TestContext.Current.CancellationToken)).Status);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("aaaaaaaa-0000-0000-0000-000000000000", 200)]
    [InlineData("bbbbbbbb-0000-0000-0000-000000000000", 403)]
    public async Task A_host_calls_its_own_routes_alone(string? signer, int status)
    {
        var seen = await world.SendAsync(
            "GET",
            "/hosts/v1/aaaaaaaa-0000-0000-0000-000000000000/queue",
            token: "admin",
            prepare: context => context.Request.Headers["X-Signed-By"] = signer
        );
        Assert.Equal(status, seen.Status);
    }

    [Fact]
    public void A_route_for_hosts_does_not_start_without_their_signatures()
    {
        Assert.Throws<InvalidOperationException>(() => new FunctionsWorld(typeof(Echo)));
    }

    public void Dispose() => world.Dispose();

    private sealed class Echo
    {
        private static IResult Ok => Answer.Empty(200);

        [Function("read"), Policy("read", Require.ProjectReader)]
        public IResult Read(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/read")] HttpRequest request
        ) => Ok;

        [Function("write"), Policy("write", Require.ProjectMember)]
        public IResult Write(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/write")] HttpRequest request
        ) => Ok;

        [Function("manage"), Policy("manage", Require.ProjectManager)]
        public IResult Manage(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/manage")] HttpRequest request
        ) => Ok;

        [Function("admin"), Policy("admin", Require.Admin)]
        public IResult Admin(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/admin")] HttpRequest request
        ) => Ok;

        [Function("token"), Policy("token", Require.Token)]
        public IResult Token(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/token")] HttpRequest request
        ) => Ok;

        [Function("open"), Policy("open", Require.Anyone)]
        public IResult Open(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/open")] HttpRequest request,
            Caller caller
        ) => caller.IsAnonymous ? Ok : Answer.Empty(418);

        [Function("queue"), Policy("queue", Require.Host)]
        public IResult Queue(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/{host}/queue")] HttpRequest request,
            HostId host,
            Caller caller
        ) => caller.Host == host ? Ok : Answer.Empty(418);

        [Function("version"), Policy("version", Require.ProjectReader)]
        public IResult Version(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/version")] HttpRequest request,
            Microversion version
        ) => Answer.Text(200, version.ToString());

        [Function("bug"), Policy("bug", Require.ProjectReader)]
        public IResult Bug(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/bug")] HttpRequest request
        ) => throw new InvalidOperationException("the secret");

        [Function("hang"), Policy("hang", Require.Token)]
        public async Task<IResult> HangAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/hang")] HttpRequest request,
            CancellationToken ct
        )
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return Ok;
        }

        [Function("fail-compute"), Policy("fail", Require.Anyone)]
        public IResult Compute(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-network"), Policy("fail", Require.Anyone)]
        public IResult Network(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-identity"), Policy("fail", Require.Anyone)]
        public IResult Identity(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "identity/v3/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-image"), Policy("fail", Require.Anyone)]
        public IResult Image(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-volume"), Policy("fail", Require.Anyone)]
        public IResult Volume(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-placement"), Policy("fail", Require.Anyone)]
        public IResult Placement(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "placement/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        [Function("fail-hosts"), Policy("fail", Require.Anyone)]
        public IResult Hosts(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hosts/v1/fail/{code}")] HttpRequest request,
            string code
        ) => throw Fail(request, code);

        private static Fault Fail(HttpRequest request, string code) =>
            new(Enum.Parse<FaultCode>(code), "no", Query.Of(request)["type"]);
    }
}
