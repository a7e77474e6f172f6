using System.Diagnostics;

namespace Pipeline.Services.Tests.Agent.Metadata;

/// <summary>Session tokens of the real service, asked for by real guests.</summary>
public sealed class SessionTokenTests : IAsyncLifetime
{
    private const string NameOf = "/latest/meta-data/hostname";
    private const string Life = "X-aws-ec2-metadata-token-ttl-seconds";
    private MetadataHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await MetadataHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_token_is_good_for_its_guest_and_nobody_else_also_after_the_service_has_died()
    {
        var (red, network, _) = await _host.NewGuestAsync("red");
        var (blue, _, _) = await _host.NewGuestAsync("blue");
        var token = await TokenAsync(red, "60");
        Assert.Equal("red", await ShowAsync(red, token));
        Assert.Equal("Unauthorized\n", await ShowAsync(blue, token));
        Assert.Equal("Unauthorized\n", await ShowAsync(red, "x"));
        Assert.Equal("Unauthorized\n", await ShowAsync(red, $"{token[..^1]}{(token[^1] == 'A' ? 'E' : 'A')}"));
        using var service = Process.GetProcessById(_host.ServiceId()!.Value);
        service.Kill();
        await service.WaitForExitAsync(Ct);
        using var documents = _host.NewDocuments();
        await documents.EnsureNetworkAsync(network.Id, $"pl-{network.Id}", Ct);
        Assert.Equal("red", await ShowAsync(red, token));
    }

    [Fact]
    public async Task Without_a_token_guests_read_unless_the_operator_requires_one()
    {
        var (guest, _, _) = await _host.NewGuestAsync("web-1");
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
        _host.Folder.RequireTokens(true);
        Assert.Contains("401", await _host.GetAsync(guest, NameOf, "--include"));
        Assert.Contains("401", await _host.GetAsync(guest, "/openstack/latest/meta_data.json", "--include"));
        Assert.Contains("401", await _host.GetAsync(guest, "/openstack/latest/password", "--include", "--data", "x"));
        Assert.Equal("web-1", await ShowAsync(guest, await TokenAsync(guest, "21600")));
        _host.Folder.RequireTokens(false);
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_token_is_asked_for_as_EC2_has_it()
    {
        var (guest, _, _) = await _host.NewGuestAsync("web-1");
        Assert.Contains("200", await AskAsync(guest, "--header", $"{Life}: 1"));
        Assert.Contains($"{Life}: 5", await AskAsync(guest, "--header", $"{Life}: 5"));
        foreach (var life in (string[])["0", "21601", "-1", "x", ""])
            Assert.Contains("400", await AskAsync(guest, "--header", $"{Life}: {life}"));
        Assert.Contains("400", await AskAsync(guest));
        string[] forwarded = ["--header", $"{Life}: 60", "--header", "X-Forwarded-For: 192.0.2.7"];
        Assert.Contains("403", await AskAsync(guest, forwarded));
        Assert.Contains("405", await _host.GetAsync(guest, "/latest/api/token", "--include"));
    }

    [Fact]
    public void A_token_ends_with_its_time()
    {
        var time = new Pipeline.Testing.Simulation.SimulationContext(1).Time;
        var now = new Pipeline.Agent.Metadata.SessionTokens(new byte[32], time);
        Assert.True(now.IsGood(Servers.Id, now.Issue(Servers.Id, 1)));
        Assert.False(now.IsGood(Servers.Id, now.Issue(Servers.Id, 0)));
        Assert.False(
            new Pipeline.Agent.Metadata.SessionTokens([.. Enumerable.Repeat((byte)1, 32)], time).IsGood(
                Servers.Id,
                now.Issue(Servers.Id, 60)
            )
        );
    }

    private Task<string> TokenAsync(string guest, string life) =>
        _host.GetAsync(guest, "/latest/api/token", "--request", "PUT", "--header", $"{Life}: {life}");

    private Task<string> AskAsync(string guest, params string[] options) =>
        _host.GetAsync(guest, "/latest/api/token", ["--include", "--request", "PUT", .. options]);

    private Task<string> ShowAsync(string guest, string token) =>
        _host.GetAsync(guest, NameOf, "--header", $"X-aws-ec2-metadata-token: {token}");
}
