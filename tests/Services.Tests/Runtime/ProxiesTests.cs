using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Runtime;
using Pipeline.Runtime.Http;

namespace Pipeline.Services.Tests.Runtime;

public sealed class ProxiesTests
{
    [Theory]
    [InlineData("10.0.0.1", "https", "cloud.example", "https://cloud.example")]
    [InlineData("10.0.0.1", "http, https", "evil.example, cloud.example:8443", "https://cloud.example:8443")]
    [InlineData("::ffff:10.0.0.1", "https", "cloud.example", "https://cloud.example")]
    [InlineData("10.0.0.2", "https", "cloud.example", "http://inner:7071")]
    [InlineData("10.0.0.1", "gopher", "cloud.example", "http://inner:7071")]
    [InlineData("10.0.0.1", "https", "cloud.example/path", "http://inner:7071")]
    [InlineData("10.0.0.1", "https", "user@cloud.example", "http://inner:7071")]
    [InlineData("10.0.0.1", null, null, "http://inner:7071")]
    public void Forwarded_headers_are_believed_from_a_named_proxy_alone(
        string peer,
        string? scheme,
        string? host,
        string expected
    )
    {
        var request = Request(peer);
        request.Headers["X-Forwarded-Proto"] = scheme;
        request.Headers["X-Forwarded-Host"] = host;
        Assert.Equal(expected, new PublicUrl(null, Named).Of(request));
    }

    [Theory]
    [InlineData("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.2", "198.51.100.7", "10.0.0.2")]
    [InlineData("10.0.0.1", "nonsense", "10.0.0.1")]
    public void A_client_is_known_by_what_the_nearest_proxy_saw(string peer, string forwarded, string expected)
    {
        var request = Request(peer);
        request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(IPAddress.Parse(expected), Named.ClientOf(request.HttpContext));
    }

    [Theory]
    [InlineData("https://cloud.example", "https://cloud.example")]
    [InlineData("https://cloud.example:8443/", "https://cloud.example:8443")]
    [InlineData("https://example.org/cloud/", "https://example.org/cloud")]
    public void A_configured_URL_wins_over_the_request(string configured, string expected)
    {
        Assert.Equal(expected, new PublicUrl(new(configured), Named).Of(Request("10.0.0.1")));
    }

    [Fact]
    public async Task A_browser_of_a_configured_origin_may_call()
    {
        using var world = World("https://dashboard.example");
        var preflight = await world.SendAsync(
            "OPTIONS",
            "/compute/v2.1/x",
            prepare: context =>
            {
                context.Request.Headers.Origin = "https://dashboard.example";
                context.Request.Headers.AccessControlRequestMethod = "POST";
                context.Request.Headers.AccessControlRequestHeaders = "x-auth-token";
            }
        );
        Assert.Equal(204, preflight.Status);
        Assert.Equal("https://dashboard.example", preflight.Headers.AccessControlAllowOrigin);
        Assert.Equal("POST", preflight.Headers.AccessControlAllowMethods);
        Assert.Equal("x-auth-token", preflight.Headers.AccessControlAllowHeaders);
    }

    [Fact]
    public async Task A_browser_of_another_origin_is_told_nothing()
    {
        using var world = World("https://dashboard.example");
        var answer = await world.SendAsync(
            "GET",
            "/compute/v2.1/x",
            prepare: context => context.Request.Headers.Origin = "https://evil.example"
        );
        Assert.Equal(0, answer.Headers.AccessControlAllowOrigin.Count);
    }

    private static Proxies Named { get; } = new([IPAddress.Parse("10.0.0.1")]);

    private static FunctionsWorld World(string origin) =>
        new(services => services.AddSingleton(new Cors([origin], credentials: true)));

    private static HttpRequest Request(string peer)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Scheme = "http";
        context.Request.Host = new("inner:7071");
        return context.Request;
    }
}
