namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Loads a network's filter into its namespace, and the kernel's filter of bridged packets where it is a module.</summary>
internal sealed class BridgeFilter(LinuxBridgeOptions options, Command command)
{
    private const string Switches = "/proc/sys/net/bridge";

    /// <summary>
    /// Makes sure that bridged packets pass the filter at all. Loading the module switches it on for every bridge of the
    /// machine; our namespaces ask for it bridge by bridge, so for the machine's own it is switched off again.
    /// </summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if (Directory.Exists(Switches))
            return;
        await command.RunAsync(new Invocation("modprobe", ["br_netfilter"]), ct);
        foreach (
            var name in (string[])["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"]
        )
            await File.WriteAllTextAsync(Path.Combine(Switches, name), "0", ct);
    }

    /// <summary>
    /// One transaction, after the namespace was told to route nothing, and to believe no router: a bridge must not lead
    /// between subnets, and has the addresses that it was given.
    /// </summary>
    public async Task LoadAsync(NetworkId id, string rules, CancellationToken ct)
    {
        string[] off =
        [
            "net.ipv4.ip_forward=0",
            "net.ipv6.conf.all.forwarding=0",
            "net.ipv6.conf.default.accept_ra=0",
            $"net.ipv6.conf.{Names.Bridge(id)}.accept_ra=0",
        ];
        await command.RunAsync(Within(id, "sysctl", ["-e", "-q", "-w", .. off]), ct);
        await command.RunAsync(Within(id, "nft", ["-f", "-"]) with { Input = rules }, ct);
    }

    private Invocation Within(NetworkId id, string program, string[] arguments) =>
        new("nsenter", [$"--net={options.Spaces.PathOf(id)}", program, .. arguments]) { Name = program };
}
