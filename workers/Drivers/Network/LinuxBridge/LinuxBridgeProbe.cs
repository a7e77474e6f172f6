using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Whether this machine can run the driver: it tries everything once, in namespaces that vanish with their process.</summary>
internal sealed class LinuxBridgeProbe(LinuxBridgeOptions options, Command command)
{
    private static readonly string[] Programs =
    [
        "ip",
        "bridge",
        "tc",
        "nft",
        "nsenter",
        "unshare",
        "sysctl",
        "dnsmasq",
    ];

    // Each feature that the driver needs of the kernel once.
    private const string Devices = """
        link add plb0 type bridge nf_call_iptables 1
        link add plv0 type veth peer name plw0
        tuntap add dev plt0 mode tap

        """;

    private const string Tunnel = "link add plx0 type vxlan id 1 dstport 4789\n";

    private const string Queue = "qdisc add dev lo root tbf rate 1mbit burst 10000 limit 100000\n";
    private const string Detour = "link add plf0 type ifb\n";

    private const string Rules = """
        table inet pipeline {
          set p4-0 { type ipv4_addr; flags interval; }
          chain forward {
            type filter hook forward priority 0; policy accept;
            meta nfproto ipv4 ct original ip saddr @p4-0 ct original protocol 6 ct original proto-dst 22 accept
          }
          chain raw-prerouting {
            type filter hook prerouting priority -300; policy accept;
            meta mark 0 ip daddr { 192.0.2.0/24 } notrack
          }
        }
        table bridge pipeline {
          chain prerouting {
            type filter hook prerouting priority -300; policy drop;
          }
        }

        """;

    public async Task<DriverReport> RunAsync(CancellationToken ct)
    {
        var problem = await FindProblemAsync(ct);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [$"linux-bridge{HostFactNames.Segments}"] = Segments(),
            ["linux-bridge.filter"] = Directory.Exists("/proc/sys/net/bridge")
                ? "br_netfilter"
                : "br_netfilter (module)",
            ["linux-bridge.limits"] = await LimitsAsync(ct),
            [$"linux-bridge{HostFactNames.Trunks}"] = Trunks(),
        };
        return new DriverReport(problem is null, problem, facts);
    }

    private async Task<string?> FindProblemAsync(CancellationToken ct)
    {
        if (Programs.Where(program => Command.Find(program) is null).ToList() is { Count: > 0 } missing)
            return $"not installed: {string.Join(", ", missing)} (packages iproute2, nftables, util-linux, procps, dnsmasq-base)";
        if (!Environment.IsPrivilegedProcess)
            return "networks need root";
        if (!File.Exists("/dev/net/tun"))
            return "/dev/net/tun is missing: the kernel has no taps";
        if (
            !Directory.Exists("/proc/sys/net/bridge")
            && !await SucceedsAsync("modprobe", ["--dry-run", "br_netfilter"], null, ct)
        )
            return "the kernel does not filter bridged packets (br_netfilter)";
        if (!await SucceedsAsync("unshare", ["--net", "ip", "-batch", "-"], Devices, ct))
            return "the kernel lacks bridges, veth pairs or taps";
        if (options.Underlay is not null && !await SucceedsAsync("unshare", ["--net", "ip", "-batch", "-"], Tunnel, ct))
            return "the kernel lacks VXLAN";
        if (!await SucceedsAsync("unshare", ["--net", "nft", "-f", "-"], Rules, ct))
            return "the kernel lacks nftables with connection tracking";
        return null;
    }

    private string Segments()
    {
        string?[] all =
        [
            "flat",
            "local",
            Lacks(TryVlan) is null ? "vlan" : null,
            options.Underlay is null ? null : "vxlan",
        ];
        return string.Join(',', all.Where(type => type is not null));
    }

    /// <summary>What of a guest's traffic can be limited; what is missing hinders only the ports that need it.</summary>
    private async Task<string> LimitsAsync(CancellationToken ct)
    {
        if (!await SucceedsAsync("unshare", ["--net", "tc", "-batch", "-"], Queue, ct))
            return "none: the kernel lacks token buckets (sch_tbf)";
        if (!await SucceedsAsync("unshare", ["--net", "ip", "-batch", "-"], Detour, ct))
            return "ingress: the kernel lacks ifb for what guests send";
        return "egress,ingress";
    }

    /// <summary>Whether guests may have ports by tags: the programs that this takes are put on a device that nobody has.</summary>
    private string Trunks()
    {
        if (options.Device != PortDevice.Tap)
            return "none: guests take their devices away";
        return Lacks(TryTrunk) is { } problem
            ? $"none: the kernel lacks programs on devices (cls_bpf): {problem}"
            : HostFactNames.Carried;
    }

    /// <returns>The kernel's word where it does not take the programs; null where it does.</returns>
    private static string? Lacks(Action<int> attach)
    {
        const int loopback = 1;
        try
        {
            return NetworkNamespace.InsideNew<string?>(() =>
            {
                attach(loopback);
                return null;
            });
        }
        catch (IOException cause)
        {
            return cause.Message;
        }
    }

    private static void TryVlan(int device) => Uplink.Tag(device, vlan: 1);

    private static void TryTrunk(int device)
    {
        Classifiers.EnsureHooks(device);
        using var untag = BpfProgram.Load(TagPrograms.Untag(1, device));
        Classifiers.Attach(device, Hook.Egress, 1, untag);
        using var tag = BpfProgram.Load(TagPrograms.TagAll(1, device));
        Classifiers.Attach(device, Hook.Ingress, 1, tag);
    }

    private async Task<bool> SucceedsAsync(string program, string[] arguments, string? input, CancellationToken ct) =>
        Command.Find(program) is not null
        && (await command.TryAsync(new Invocation(program, arguments, input), ct)).ExitCode == 0;
}
