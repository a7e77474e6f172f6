using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.Services.Tests.Runtime.Agents;

public sealed class HostAuthenticationTests : IDisposable
{
    private static readonly HostId Host = new(new Guid("11111111-1111-1111-1111-111111111111"));
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ManualTime time = new();

    public void Dispose() => key.Dispose();

    [
        Theory,
        InlineData("/hosts/v1/x/payloads/a%2Fb"),
        InlineData("/hosts/v1/x/payloads/a%20b?c=%20d"),
        InlineData("/hosts/v1/x/payloads/../y"),
        InlineData("/hosts/v1/x/heartbeat")
    ]
    public async Task What_came_over_the_wire_is_what_was_signed(string target) =>
        Assert.Equal(Host, await SeenAsync(signed: target, sent: target));

    [Fact]
    public async Task Another_spelling_of_the_same_path_is_another_target() =>
        Assert.Null(await SeenAsync(signed: "/hosts/v1/x/payloads/a/b", sent: "/hosts/v1/x/payloads/a%2Fb"));

    [Fact]
    public async Task A_signature_over_another_query_is_refused() =>
        Assert.Null(await SeenAsync(signed: "/hosts/v1/x?a=1", sent: "/hosts/v1/x?a=2"));

    [Fact]
    public async Task An_old_signature_is_refused() =>
        Assert.Null(await SeenAsync("/hosts/v1/x", "/hosts/v1/x", HostSignature.Tolerance + TimeSpan.FromSeconds(2)));

    /// <summary>The host has joined anew.</summary>
    [Fact]
    public async Task A_key_that_was_replaced_is_believed_no_more()
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hosts = new KnownHost(new(Host, "host", key.ExportSubjectPublicKeyInfo(), []));
        var authentication = new HostAuthentication(hosts, time);
        Assert.Equal(Host, await SeenAsync("/x", "/x", by: authentication));
        hosts.Known = hosts.Known with { SigningKey = fresh.ExportSubjectPublicKeyInfo() };
        Assert.Null(await SeenAsync("/x", "/x", by: authentication));
    }

    private async Task<HostId?> SeenAsync(
        string signed,
        string sent,
        TimeSpan age = default,
        HostAuthentication? by = null
    )
    {
        var seconds = (time.GetUtcNow() - age).ToUnixTimeSeconds();
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = sent;
        var path = sent.Split('?');
        context.Request.Path = PathString.FromUriComponent(path[0]);
        context.Request.QueryString = new(path.Length > 1 ? $"?{path[1]}" : "");
        context.Request.Headers[HostSignature.HostHeader] = $"{Host}";
        context.Request.Headers[HostSignature.TimeHeader] = seconds.ToString(CultureInfo.InvariantCulture);
        context.Request.Headers[HostSignature.SignatureHeader] = HostSignature.Sign(key, "POST", signed, seconds, []);
        var hosts = new KnownHost(new(Host, "host", key.ExportSubjectPublicKeyInfo(), []));
        return await (by ?? new HostAuthentication(hosts, time)).AuthenticateAsync(
            context.Request,
            TestContext.Current.CancellationToken
        );
    }

    private sealed class KnownHost(HostIdentity host) : IHosts
    {
        public ValueTask<IReadOnlyList<HostId>> ListUpAsync(Tx tx) => new([]);

        public ValueTask<IReadOnlyList<HostStanding>> ListAsync(Tx tx) => new([]);

        public HostIdentity Known { get; set; } = host;

        public ValueTask<HostIdentity?> FindAsync(HostId id) => new(id == Known.Id ? Known : null);
    }
}
