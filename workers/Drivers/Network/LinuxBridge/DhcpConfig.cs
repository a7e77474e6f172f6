using System.Net;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>What a network's dnsmasq reads: its configuration, the guests it answers, and their names. Pure.</summary>
internal static class DhcpConfig
{
    private const int LeaseSeconds = 86400;

    public static bool IsNeeded(HostNetwork network) => network.Subnets.Any(Serving.IsServed);

    /// <summary>
    /// Answers known guests with their fixed addresses, serves their names, and asks no other server anything. Leases are
    /// not kept: every address is decided by the cloud, so a server that starts anew confirms what its guests hold.
    /// </summary>
    /// <exception cref="Fault">BadRequest for addresses that are none.</exception>
    public static string Render(HostNetwork network, string folder, string domain)
    {
        var text = new StringBuilder(
            $"""
            pid-file={folder}/dnsmasq.pid
            interface={Names.Bridge(network.Id)}
            except-interface=lo
            bind-interfaces
            no-resolv
            no-hosts
            domain={domain}
            local=/{domain}/
            local=//
            addn-hosts={folder}/names
            dhcp-hostsfile={folder}/guests
            dhcp-optsfile={folder}/options
            dhcp-authoritative
            dhcp-ignore=tag:!known
            dhcp-ignore-names
            dhcp-lease-max=65536
            dhcp-option-force=option:mtu,{network.Mtu}
            leasefile-ro
            no-ping
            quiet-dhcp

            """
        );
        if (network.IsServed(6))
            text.Append($"dhcp-duid=0,{Names.BridgeMac(network.Id)}\n"); // of every host the same: a guest may move
        foreach (var subnet in network.Subnets)
            if (subnet.IsServed() && subnet.IsIpv6())
                WriteIpv6(text, subnet, domain);
            else if (subnet.IsServed())
                WriteIpv4(text, subnet);
        return text.ToString();
    }

    /// <summary>The domain of the network's names; no other text may stand in the server's files.</summary>
    /// <param name="usual">Of networks that have none.</param>
    /// <exception cref="Fault">BadRequest for what is no domain (RFC 1123).</exception>
    public static string DomainOf(HostNetwork network, string usual) =>
        network.Domain is not { } domain ? usual
        : domain.Length <= 254 && domain.Split('.').All(IsLabel) ? domain
        : throw Fault.BadRequest($"'{domain}' is not a domain");

    /// <summary>One line a guest and subnet of IPv4; the client's own id is passed over, for firmware and system may differ in it.</summary>
    public static IReadOnlyList<string> Guests(HostNetwork network, IEnumerable<FilteredPort> ports) =>
        [.. ports.SelectMany(port => Lines(network, port))];

    /// <summary>
    /// A line answers for a version of which it has no address, too. So each one has all of IPv6, also those that guests make
    /// themselves: they only ask for the rest. And where one is missing there is no name: dnsmasq would lease what that stands for.
    /// </summary>
    private static IEnumerable<string> Lines(HostNetwork network, FilteredPort port)
    {
        var addresses = Addresses(network, port).ToLookup(address => Prefixes.IsFamily(address, 6));
        var ipv6 = addresses[true].Select(address => $"[{address}]").ToList();
        var lines = addresses[false].Select(string? (address) => $"{address}").ToList();
        var isWhole = network.IsServed(4) == lines.Count > 0 && network.IsServed(6) == ipv6.Count > 0;
        if (lines.Count == 0 && ipv6.Count > 0)
            lines.Add(null);
        string[] name = [.. Words(isWhole ? NameOf(port) : null)];
        return lines.Select(ipv4 => string.Join(',', [.. Words(port.Mac, "id:*", Tag(port), ipv4), .. ipv6, .. name]));
    }

    private static IEnumerable<string> Words(params string?[] words) => words.OfType<string>();

    /// <summary>What single guests are told besides, by their tag.</summary>
    /// <exception cref="Fault">BadRequest for a name or value that would be more than one option.</exception>
    public static IReadOnlyList<string> Options(IEnumerable<FilteredPort> ports) =>
        [
            .. from port in ports
            from option in port.Port.DhcpOptions ?? []
            select Plain(option) ? $"tag:o{port.Key},{Option(option)}" : throw NoOption(option),
        ];

    private static string Option(HostDhcpOption option)
    {
        var isNumber = option.Name.All(char.IsAsciiDigit);
        var name =
            option.Version == 6 ? $"option6:{option.Name}"
            : isNumber ? option.Name
            : $"option:{option.Name}";
        var value = option.Version == 6 ? Bracketed(option.Value) : option.Value;
        return value.Length > 0 ? $"{name},{value}" : name;
    }

    // dnsmasq takes addresses of IPv6 in brackets only; clients of the API send them bare.
    private static string Bracketed(string value) =>
        string.Join(
            ',',
            value
                .Split(',')
                .Select(part =>
                    IPAddress.TryParse(part.Trim(), out var address)
                    && Prefixes.IsFamily(address, 6)
                    && part.Trim()[0] != '['
                        ? $"[{part.Trim()}]"
                        : part
                )
        );

    /// <summary>One line an address, for all that guests have in subnets with DHCP.</summary>
    /// <param name="told">Names on whichever host; a port that is here has its own.</param>
    public static IReadOnlyList<string> HostNames(
        HostNetwork network,
        IEnumerable<FilteredPort> ports,
        IEnumerable<HostName> told,
        string domain
    )
    {
        var here = ports
            .Select(p => new HostName(p.Port.Id, p.Port.HostName, [.. p.Port.Addresses.Select(a => a.Address)]))
            .ToList();
        var known = here.Select(name => name.Port).ToHashSet();
        var served = network.Subnets.Where(s => s.DhcpAddress is not null).Select(s => Prefixes.Parse(s.Cidr)).ToList();
        return
        [
            .. from port in here.Concat(told.Where(name => !known.Contains(name.Port)))
            where IsLabel(port.Name ?? "")
            from text in port.Addresses
            let address = Prefixes.ParseAddress(text)
            where served.Any(subnet => subnet.Contains(address))
            select $"{address} {port.Name}.{domain} {port.Name}",
        ];
    }

    private static string? Tag(FilteredPort port) =>
        port.Port.DhcpOptions is { Count: > 0 } ? $"set:o{port.Key}" : null;

    private static bool Plain(HostDhcpOption option) =>
        option.Name.Length > 0
        && option.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '+')
        && !option.Value.Any(char.IsControl);

    private static Fault NoOption(HostDhcpOption option) => Fault.BadRequest($"'{option.Name}' is no DHCP option");

    private static void WriteIpv4(StringBuilder text, HostSubnet subnet)
    {
        var server = Ipv4(subnet.DhcpAddress!);
        var network = Prefixes.Parse(subnet.Cidr);
        var tag = TagOf(subnet);
        var routes = string.Join(',', Routes(subnet, server));
        var router = subnet.Gateway is { } gateway ? "," + Ipv4(gateway) : "";
        text.Append(
            $"""
            dhcp-range=set:{tag},{network.BaseAddress},static,{Prefixes.Netmask(network)},{LeaseSeconds}
            dhcp-option=tag:{tag},option:router{router}
            dhcp-option=tag:{tag},option:dns-server,{string.Join(',', NameServers(subnet, 4))}
            dhcp-option=tag:{tag},option:classless-static-route,{routes}
            dhcp-option=tag:{tag},249,{routes}

            """
        );
    }

    /// <summary>Which router to take and how long packets may be, routers advertise; dnsmasq is not to.</summary>
    private static void WriteIpv6(StringBuilder text, HostSubnet subnet, string domain)
    {
        var network = Prefixes.Parse(subnet.Cidr);
        var tag = TagOf(subnet);
        var dns = NameServers(subnet, 6).Select(address => $"[{address}]");
        text.Append(
            $"""
            dhcp-range=set:{tag},{network.BaseAddress},static,{network.PrefixLength},{LeaseSeconds}
            dhcp-option=tag:{tag},option6:dns-server,{string.Join(',', dns)}
            dhcp-option=tag:{tag},option6:domain-search,{domain}

            """
        );
    }

    /// <summary>Those of one version, for a subnet's may be of either; without any its own server.</summary>
    private static IReadOnlyList<IPAddress> NameServers(HostSubnet subnet, int version)
    {
        var told = subnet.DnsServers.Select(Prefixes.ParseAddress);
        IPAddress[] own = [.. told.Where(address => Prefixes.IsFamily(address, version))];
        return own.Length > 0 ? own : [Prefixes.ParseAddress(subnet.DhcpAddress!)];
    }

    private static string TagOf(HostSubnet subnet) => "s" + Names.Short(subnet.Id.Value);

    // A client that takes option 121 passes over option 3 (RFC 3442), so the default route is said here as well.
    private static IEnumerable<string> Routes(HostSubnet subnet, string server)
    {
        yield return $"{Rules.MetadataAddress}/32,{server}";
        foreach (var route in subnet.Routes)
            yield return $"{Prefixes.Parse(route.Destination)},{Ipv4(route.NextHop)}";
        if (subnet.Gateway is { } gateway)
            yield return $"0.0.0.0/0,{Ipv4(gateway)}";
    }

    // A subnet leases one address to a port: DHCP has no way to say two.
    private static IEnumerable<IPAddress> Addresses(HostNetwork network, FilteredPort port) =>
        from subnet in network.Subnets
        where subnet.IsServed()
        let address = port.Port.Addresses.FirstOrDefault(address => address.Subnet == subnet.Id)
        where address is not null
        select Prefixes.ParseAddress(address.Address);

    /// <summary>The guest's name if it is one (RFC 1123); no other text may stand in the server's files.</summary>
    private static string? NameOf(FilteredPort port) => IsLabel(port.Port.HostName) ? port.Port.HostName : null;

    private static bool IsLabel(string name) =>
        name.Length is > 0 and <= 63
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
        && name[0] != '-'
        && name[^1] != '-';

    private static string Ipv4(string text)
    {
        var address = Prefixes.ParseAddress(text);
        return Prefixes.IsFamily(address, 4)
            ? address.ToString()
            : throw Fault.BadRequest($"'{text}' is not an IPv4 address");
    }
}
