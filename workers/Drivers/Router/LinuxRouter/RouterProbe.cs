using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>Whether this machine can route: it tries everything once, in a namespace that vanishes with its process.</summary>
internal sealed class RouterProbe(LinuxRouterOptions options, Command command)
{
    private static readonly string[] Programs = ["ip", "nft", "nsenter", "unshare", "sysctl"];

    private const string Rules = """
        table ip pipeline {
          map floating { type ipv4_addr : ipv4_addr; elements = { 192.0.2.1 : 10.0.0.1 } }
          map forwarded { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
          set passages { type ipv4_addr . inet_service . ipv4_addr . inet_service; }
          chain forward {
            type filter hook forward priority 0;
            meta l4proto tcp ct status dnat ct original ip daddr . ct original proto-dst . ct reply ip saddr . ct reply proto-src != @passages drop
          }
          chain prerouting {
            type nat hook prerouting priority -100;
            dnat to ip daddr map @floating
            dnat ip to ip daddr . meta l4proto . th dport map @forwarded
          }
          chain postrouting { type nat hook postrouting priority 100; iifname != "x" ct status dnat snat to 192.0.2.2; }
        }
        table ip6 pipeline {
          chain forward {
            type filter hook forward priority 0;
            ct state invalid drop
          }
        }

        """;

    public async Task<DriverReport> RunAsync(CancellationToken ct)
    {
        var problem = await FindProblemAsync(ct);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // Routers work without: only guests that wait for an advertisement of IPv6 do not hear one.
            ["linux-router.advertisements"] = Radvd.IsInstalled(options) ? "radvd" : "none: radvd is not installed",
        };
        return new DriverReport(problem is null, problem, facts);
    }

    private async Task<string?> FindProblemAsync(CancellationToken ct)
    {
        if (Programs.Where(program => Command.Find(program) is null).ToList() is { Count: > 0 } missing)
            return $"not installed: {string.Join(", ", missing)} (packages iproute2, nftables, util-linux, procps)";
        if (!Environment.IsPrivilegedProcess)
            return "routers need root";
        var tried = await command.TryAsync(new Invocation("unshare", ["--net", "nft", "-f", "-"], Rules), ct);
        return tried.ExitCode == 0 ? null : "the kernel lacks nftables with address translation";
    }
}
