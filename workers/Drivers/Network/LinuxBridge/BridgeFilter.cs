using System.Collections.Concurrent;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Loads a network's filter into its namespace, and the kernel's filter of bridged packets where it is a module.</summary>
internal sealed class BridgeFilter(LinuxBridgeOptions options, Command command)
{
    private const string Switches = "/proc/sys/net/bridge";

    // What this process loaded last, and the state that its load left: what is not known to stand is loaded whole.
    private readonly ConcurrentDictionary<NetworkId, (Generation Generation, Filter Filter)> _loaded = new();

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
    /// One transaction, of what differs from what stands; where that is not known, or the kernel refuses, of the whole
    /// filter. Callers hold the network's turn.
    /// </summary>
    public async Task LoadAsync(NetworkId id, Filter wanted, CancellationToken ct)
    {
        var before = Generation.Of(options.Spaces.PathOf(id));
        // Whatever ends this early leaves nothing that is believed to stand.
        if (!_loaded.TryRemove(id, out var loaded) || loaded.Generation != before)
            await LoadWholeAsync(id, wanted, ct);
        else if (FilterText.Change(loaded.Filter, wanted) is not { Length: > 0 } change)
            _loaded[id] = (loaded.Generation, wanted);
        else if ((await command.TryAsync(Load(id, change), ct)).ExitCode == 0)
            Remember(id, wanted, loaded.Generation);
        else
            await LoadWholeAsync(id, wanted, ct);
    }

    /// <summary>Whether somebody else has changed what was loaded; false where nothing is known to have been.</summary>
    public bool IsLost(NetworkId id) =>
        _loaded.TryGetValue(id, out var loaded) && Generation.Of(options.Spaces.PathOf(id)) != loaded.Generation;

    public void Forget(NetworkId id) => _loaded.TryRemove(id, out _);

    /// <summary>
    /// After the namespace was told to route nothing, and to believe no router: a bridge must not lead between subnets, and
    /// has the addresses that it was given.
    /// </summary>
    private async Task LoadWholeAsync(NetworkId id, Filter wanted, CancellationToken ct)
    {
        string[] off =
        [
            "net.ipv4.ip_forward=0",
            "net.ipv6.conf.all.forwarding=0",
            "net.ipv6.conf.default.accept_ra=0",
            $"net.ipv6.conf.{Names.Bridge(id)}.accept_ra=0",
        ];
        await command.RunAsync(Within(id, "sysctl", ["-e", "-q", "-w", .. off]), ct);
        var before = Generation.Of(options.Spaces.PathOf(id));
        var standing = Standing.Read(await command.RunAsync(Within(id, "nft", Standing.Question), ct));
        await command.RunAsync(Load(id, FilterText.Whole(wanted, standing)), ct);
        Remember(id, wanted, before);
    }

    /// <summary>A load is one step of the kernel's; more of them are somebody else's besides.</summary>
    private void Remember(NetworkId id, Filter filter, Generation? before)
    {
        if (before is { Next: var next } && Generation.Of(options.Spaces.PathOf(id)) == next)
            _loaded[id] = (next, filter);
    }

    private Invocation Load(NetworkId id, string rules) => Within(id, "nft", ["-f", "-"]) with { Input = rules };

    private Invocation Within(NetworkId id, string program, string[] arguments) =>
        new("nsenter", [$"--net={options.Spaces.PathOf(id)}", program, .. arguments]) { Name = program };
}
