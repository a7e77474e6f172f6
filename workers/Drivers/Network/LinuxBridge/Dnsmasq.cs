using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>A network's DHCP and name server: one dnsmasq in its namespace, which outlives the agent.</summary>
internal sealed class Dnsmasq(LinuxBridgeOptions options, Command command, TimeProvider time)
{
    private const int SigHup = 1;

    /// <summary>
    /// Starts the server, or has the running one read its guests again. It starts anew when its configuration changed, and
    /// when a guest went: it would keep the lease, and refuse the address to the next one.
    /// </summary>
    /// <param name="names">Of guests on whichever host.</param>
    public async Task EnsureAsync(
        HostNetwork network,
        IReadOnlyList<FilteredPort> ports,
        IReadOnlyList<HostName> names,
        CancellationToken ct
    )
    {
        if (!DhcpConfig.IsNeeded(network))
        {
            await RemoveAsync(network.Id, ct);
            return;
        }
        var folder = Folder(network.Id);
        folder.Make();
        var domain = DhcpConfig.DomainOf(network, options.Domain);
        var config = DhcpConfig.Render(network, folder.Path, domain);
        var name = $"dnsmasq-{Hash(config)}.conf";
        var guests = DhcpConfig.Guests(network, ports);
        var known = await folder.ReadAsync("known", ct);
        var named = DhcpConfig.HostNames(network, ports, names, domain);
        var told = DhcpConfig.Options(ports);
        var toldBefore = await folder.ReadAsync("options", ct);
        var running = Server(network.Id).Find();
        // dnsmasq 2.90 dies when it reads options of single guests again, so where there are any it starts anew.
        var rereads = told.Count + toldBefore.Length == 0;
        var same =
            told.SequenceEqual(toldBefore)
            && guests.SequenceEqual(known)
            && named.SequenceEqual(await folder.ReadAsync("names", ct));
        var goesOn =
            running?.Contains(Option(folder.In(name))) is true && (rereads ? known.All(guests.Contains) : same);
        if (!goesOn)
            await Server(network.Id).StopAsync(ct);
        await folder.WriteAsync("known", guests, ct);
        await folder.WriteAsync("names", named, ct);
        await folder.WriteAsync("options", told, ct);
        await folder.WriteAsync("guests", guests, ct);
        if (goesOn && !rereads)
            return;
        if (!goesOn || !Server(network.Id).Signal(SigHup))
            await StartAsync(network.Id, name, config, ct);
    }

    /// <summary>Whether all is as it should be, as far as its pid file says.</summary>
    public bool Runs(HostNetwork network) => !DhcpConfig.IsNeeded(network) || Server(network.Id).IsNoted;

    /// <summary>Absent is success.</summary>
    public async Task RemoveAsync(NetworkId id, CancellationToken ct)
    {
        await Server(id).StopAsync(ct);
        Folder(id).Remove();
    }

    private async Task StartAsync(NetworkId id, string name, string config, CancellationToken ct)
    {
        var folder = Folder(id);
        foreach (var old in Directory.EnumerateFiles(folder.Path, "dnsmasq-*.conf"))
            File.Delete(old);
        await folder.WriteAsync(name, [config], ct);
        var space = options.Spaces.PathOf(id);
        var start = new Invocation("nsenter", [$"--net={space}", "dnsmasq", Option(folder.In(name))])
        {
            Name = "dnsmasq",
        };
        await command.RunAsync(start, ct);
    }

    private Daemon Server(NetworkId id)
    {
        var folder = Folder(id);
        var prefix = Option(folder.In("dnsmasq-"));
        return new Daemon(
            folder.In("dnsmasq.pid"),
            arguments => arguments.Any(argument => argument.StartsWith(prefix, StringComparison.Ordinal)),
            time
        );
    }

    // The configuration's hash is part of its name, so a running server says itself which one it has read.
    private static string Option(string path) => $"--conf-file={path}";

    private static string Hash(string config) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config)))[..12];

    private RunFolder Folder(NetworkId id) =>
        new(options.Run, Path.Combine(options.Run, options.Cloud, options.Host ?? "", id.ToString()));
}
