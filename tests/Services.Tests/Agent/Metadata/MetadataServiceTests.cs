using System.Diagnostics;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;

namespace Pipeline.Services.Tests.Agent.Metadata;

/// <summary>The real service, asked by real guests in real networks.</summary>
public sealed class MetadataServiceTests : IAsyncLifetime
{
    private const string NameOf = "/latest/meta-data/hostname";
    private MetadataHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await MetadataHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_guest_reads_its_documents()
    {
        var (guest, _, _) = await NewGuestAsync("web-1", userData: "#!/bin/sh\n"u8.ToArray());
        var metadata = await _host.GetAsync(guest, "/openstack/latest/meta_data.json");
        Assert.Contains("\"name\":\"web-1\"", metadata);
        Assert.Equal("#!/bin/sh\n", await _host.GetAsync(guest, "/openstack/2018-08-27/user_data"));
        Assert.Equal("#!/bin/sh\n", await _host.GetAsync(guest, "/latest/user-data"));
        Assert.Contains("404", await _host.GetAsync(guest, "/openstack/latest/nothing", "--include"));
        Assert.Contains("405", await _host.GetAsync(guest, "/openstack", "--include", "--request", "POST"));
    }

    [Fact]
    public async Task Equal_addresses_in_two_networks_get_different_answers()
    {
        var (red, _, _) = await NewGuestAsync("red");
        var (blue, _, _) = await NewGuestAsync("blue");
        Assert.Equal("red", await _host.GetAsync(red, NameOf));
        Assert.Equal("blue", await _host.GetAsync(blue, NameOf));
    }

    [Fact]
    public async Task A_guest_that_takes_its_neighbours_address_reads_nothing_of_its_neighbours()
    {
        var (_, network, _) = await NewGuestAsync("victim", userData: "a secret"u8.ToArray());
        var port = Servers.Port(network, new(Guid.NewGuid())) with
        {
            Mac = "fa:16:3e:00:00:0c",
            Addresses = [new(network.Subnets[0].Id, "10.0.0.12")],
            Secured = false,
        };
        using var documents = _host.NewDocuments();
        var order = Servers.Order(new(Guid.NewGuid()), "liar", network, port);
        await documents.PutAsync(order, null, null, Ct);
        var liar = await _host.AttachAsync(network, port, "10.0.0.11", "10.0.0.12");
        Assert.Equal("liar", await _host.GetAsync(liar, NameOf, "--interface", "10.0.0.12"));
        foreach (var path in (string[])["/latest/user-data", "/openstack/latest/password", NameOf])
            Assert.Equal(
                "",
                await _host.GetAsync(liar, path, "--interface", "10.0.0.11", "--retry", "0", "--max-time", "1")
            );
    }

    [Fact]
    public async Task Nobody_is_answered_by_IPv6()
    {
        var (_, network, _) = await NewGuestAsync("web-1");
        foreach (var (table, listens) in (IEnumerable<(string, bool)>)[("tcp", true), ("tcp6", false)])
        {
            string[] sockets = [$"--net=/run/netns/pl-{network.Id}", "cat", $"/proc/net/{table}"];
            Assert.Equal(listens, (await _host.Command.RunAsync(new("nsenter", sockets), Ct)).Contains(":0050 "));
        }
    }

    [Fact]
    public async Task The_service_goes_on_when_the_agent_is_killed()
    {
        var start = _host.StartOfService();
        string[] agent = ["-c", "\"$@\"; exec sleep 600", "agent", start.Program, .. start.Arguments];
        using var killed = Process.Start(new ProcessStartInfo("sh", agent))!;
        await _host.ServiceStartsAsync();
        var (guest, _, _) = await NewGuestAsync("web-1");
        killed.Kill(entireProcessTree: true);
        await killed.WaitForExitAsync(Ct);
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_service_that_died_is_back_when_a_network_is_ensured()
    {
        var (guest, network, _) = await NewGuestAsync("web-1");
        var dead = _host.ServiceId()!.Value;
        Process.GetProcessById(dead).Kill();
        using var documents = _host.NewDocuments();
        await documents.EnsureNetworkAsync(network.Id, $"pl-{network.Id}", Ct);
        Assert.NotEqual(dead, _host.ServiceId());
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_service_that_died_is_back_when_it_is_looked_for_and_one_that_runs_is_left_alone()
    {
        var (guest, _, _) = await NewGuestAsync("web-1");
        using var documents = _host.NewDocuments();
        var first = _host.ServiceId()!.Value;
        await documents.KeepAsync(Ct);
        Assert.Equal(first, _host.ServiceId());
        using var process = Process.GetProcessById(first);
        process.Kill();
        await process.WaitForExitAsync(Ct);
        await documents.KeepAsync(Ct);
        Assert.NotEqual(first, await _host.ServiceStartsAsync());
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_service_of_another_build_is_replaced()
    {
        var start = _host.StartOfService();
        await _host.Command.RunAsync(start with { Arguments = [.. start.Arguments.SkipLast(1), "older"] }, Ct);
        var older = await _host.ServiceStartsAsync();
        var (guest, _, _) = await NewGuestAsync("web-1");
        Assert.NotEqual(older, _host.ServiceId());
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_guest_that_was_removed_has_no_documents_and_its_address_is_the_next_ones()
    {
        var (guest, network, port) = await NewGuestAsync("old");
        var next = new ServerId(Guid.NewGuid());
        using var documents = _host.NewDocuments();
        await documents.PutAsync(Servers.Order(next, "next", network, port), null, null, Ct);
        await documents.RemoveAsync(Servers.Id, Ct);
        Assert.Equal("next", await _host.GetAsync(guest, NameOf));
        await documents.RemoveAsync(next, Ct);
        await documents.RemoveAsync(next, Ct);
        Assert.Equal("Not Found\n", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task A_network_made_anew_under_its_old_name_is_listened_in()
    {
        var (_, network, port) = await NewGuestAsync("web-1");
        await NewGuestAsync("other"); // it keeps the service running
        await _host.RemoveNetworkAsync(network.Id);
        var guest = await _host.AttachAsync(network, port);
        Assert.Equal("web-1", await _host.GetAsync(guest, NameOf));
    }

    [Fact]
    public async Task The_service_ends_with_the_last_network()
    {
        var (_, network, _) = await NewGuestAsync("web-1");
        using var documents = _host.NewDocuments();
        await documents.RemoveNetworkAsync(network.Id, Ct);
        await documents.RemoveNetworkAsync(network.Id, Ct);
        Assert.Null(_host.ServiceId());
    }

    [Fact]
    public async Task Only_root_may_read_the_documents()
    {
        await NewGuestAsync("web-1");
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_host.Folder.Path) & others);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_host.Folder.ServerFile(Servers.Id)) & others);
    }

    [Fact]
    public async Task A_guest_that_hoards_connections_hurts_nobody_else()
    {
        var (hostile, _, _) = await NewGuestAsync("hostile");
        var (other, _, _) = await NewGuestAsync("other");
        string[] hoard = ["-c", "for i in $(seq 50); do sleep 60 | nc 169.254.169.254 80 > /dev/null & done; wait"];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        string[] arguments = [$"--net=/run/netns/{hostile}", "busybox", "sh", .. hoard];
        var hoarding = _host.Command.TryAsync(new Invocation("nsenter", arguments), stop.Token);
        Assert.Equal("other", await _host.GetAsync(other, NameOf));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hoarding);
        Assert.Equal("hostile", await _host.GetAsync(hostile, NameOf));
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        var (guest, _, _) = await NewGuestAsync("web-1");
        var header = $"X-Long: {new string('x', 9000)}";
        Assert.Contains("431", await _host.GetAsync(guest, NameOf, "--include", "--header", header));
    }

    private Task<(string Guest, HostNetwork Network, HostPort Port)> NewGuestAsync(
        string name,
        byte[]? userData = null
    ) => _host.NewGuestAsync(name, userData);
}
