using System.Collections.Frozen;
using System.Globalization;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Ports;

/// <param name="Name">A name that the DHCP server knows, or a number.</param>
/// <param name="Version">Of IP: 4, or 6 for what DHCPv6 tells.</param>
internal sealed record DhcpOption(string Name, string Value, int Version = 4);

/// <summary>What a port's guest is told by DHCP besides, as a body says it and as it is stored. Pure.</summary>
internal static class DhcpOptions
{
    private const int Most = 32;

    /// <summary>Those that may be said without a value: then the guest is told none.</summary>
    private static readonly string[] Blank = ["router", "classless-static-route"];

    /// <summary>The names of dnsmasq (`dnsmasq --help dhcp`).</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet([
        "netmask",
        "time-offset",
        "router",
        "dns-server",
        "log-server",
        "lpr-server",
        "boot-file-size",
        "domain-name",
        "swap-server",
        "root-path",
        "extension-path",
        "ip-forward-enable",
        "non-local-source-routing",
        "policy-filter",
        "max-datagram-reassembly",
        "default-ttl",
        "mtu",
        "all-subnets-local",
        "router-discovery",
        "router-solicitation",
        "static-route",
        "trailer-encapsulation",
        "arp-timeout",
        "ethernet-encap",
        "tcp-ttl",
        "tcp-keepalive",
        "nis-domain",
        "nis-server",
        "ntp-server",
        "netbios-ns",
        "netbios-dd",
        "netbios-nodetype",
        "netbios-scope",
        "x-windows-fs",
        "x-windows-dm",
        "T1",
        "T2",
        "vendor-class",
        "nis+-domain",
        "nis+-server",
        "tftp-server",
        "bootfile-name",
        "mobile-ip-home",
        "smtp-server",
        "pop3-server",
        "nntp-server",
        "irc-server",
        "user-class",
        "client-arch",
        "client-interface-id",
        "client-machine-id",
        "posix-timezone",
        "tzdb-timezone",
        "domain-search",
        "sip-server",
        "classless-static-route",
        "vendor-id-encap",
        "tftp-server-address",
        "server-ip-address",
    ]);

    /// <summary>Those of DHCPv6 (`dnsmasq --help dhcp6`).</summary>
    private static readonly FrozenSet<string> Known6 = FrozenSet.ToFrozenSet([
        "sip-server-domain",
        "sip-server",
        "dns-server",
        "domain-search",
        "nis-server",
        "nis+-server",
        "nis-domain",
        "nis+-domain",
        "sntp-server",
        "information-refresh-time",
        "posix-timezone",
        "tzdb-timezone",
        "ntp-server",
        "bootfile-url",
        "bootfile-param",
    ]);

    /// <summary>What a port has after a body: what it names is set, or taken away by a null; the rest stays.</summary>
    /// <exception cref="Fault">BadRequest naming the option.</exception>
    public static string Change(string stored, Field field)
    {
        var options = Parse(stored).ToDictionary(o => (o.Name, o.Version), o => o.Value);
        foreach (var item in field.IsNull ? [] : field.Array(max: Most).Select(f => f.Object()))
        {
            var name = NameOf(item);
            if (ValueOf(item, name.Name) is { } value)
                options[name] = value;
            else
                options.Remove(name);
        }
        if (options.Count > Most)
            throw NeutronFault.Invalid("extra_dhcp_opts", $"A port has at most {Most} options.");
        return string.Join(
            '\n',
            options
                .OrderBy(o => o.Key.Name, StringComparer.Ordinal)
                .ThenBy(o => o.Key.Version)
                .Select(o => Line(o.Key.Name, o.Value, o.Key.Version))
        );
    }

    public static IReadOnlyList<DhcpOption> Parse(string stored) =>
        [
            .. stored
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .Select(p => new DhcpOption(p[0], p[1], p.Length > 2 ? 6 : 4)),
        ];

    private static string Line(string name, string value, int version) =>
        version == 6 ? $"{name}\t{value}\t6" : $"{name}\t{value}";

    private static (string Name, int Version) NameOf(Fields item)
    {
        var version = item.Nullable("ip_version")?.Int(text: true) ?? 4;
        if (version is not (4 or 6))
            throw NeutronFault.Invalid("extra_dhcp_opts", $"{version} is not in [4, 6].");
        var name = item.Required("opt_name").String(1, 64);
        var isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var code);
        var isKnown =
            version == 6
                ? Known6.Contains(name) || isNumber && code is > 0 and <= ushort.MaxValue
                : Known.Contains(name) || isNumber && code is > 0 and < byte.MaxValue;
        return isKnown
            ? (name, version)
            : throw NeutronFault.InvalidInput(
                $"Invalid data format for extra-dhcp-opt: '{name}' is not known to {(version == 6 ? "DHCPv6" : "DHCP")}."
            );
    }

    private static string? ValueOf(Fields item, string name)
    {
        if (item.Required("opt_value") is not { IsNull: false } field)
            return null;
        var value = field.String(0, 255);
        if (value.Any(char.IsControl))
            throw NeutronFault.Invalid("extra_dhcp_opts", $"The value of {name} has more than one line.");
        return value.Trim().Length > 0 || Blank.Contains(name)
            ? value.Trim()
            : throw NeutronFault.Invalid("extra_dhcp_opts", $"The value of {name} is empty.");
    }
}
