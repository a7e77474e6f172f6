namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>The namespaces of routers. The loopback's alias says whose one is: it is there before anything else, and never leaves.</summary>
internal sealed class RouterSpaces(LinuxRouterOptions options, Command command)
{
    private const string Folder = "/run/netns";

    private static readonly string[] Settings =
    [
        "net.ipv4.ip_forward=1",
        "net.ipv4.conf.all.send_redirects=0",
        "net.ipv4.conf.default.send_redirects=0",
        "net.ipv4.conf.all.arp_ignore=1",
        "net.ipv4.conf.all.arp_announce=2",
        "net.ipv4.conf.all.arp_notify=1",
        "net.ipv4.conf.default.arp_notify=1",
        "net.ipv6.conf.all.forwarding=1",
        "net.ipv6.conf.default.accept_ra=0",
        "net.ipv6.conf.default.ndisc_notify=1",
    ];

    private readonly DeviceList _devices = new(command);

    private string Prefix => options.Host is null ? "pl-router-" : $"pl-{options.Host}-router-";

    public string NameOf(RouterId id) => Prefix + id;

    public Invocation Within(RouterId id, string program, string[] arguments) =>
        new("nsenter", [$"--net={Path.Combine(Folder, NameOf(id))}", program, .. arguments]) { Name = program };

    public bool Exists(RouterId id) => Mounted().Contains(id);

    /// <returns>The namespace's name.</returns>
    /// <exception cref="Fault">Conflict when another cloud holds the router here.</exception>
    public async Task<string> EnsureAsync(RouterId id, CancellationToken ct)
    {
        var name = NameOf(id);
        if (!Mounted().Contains(id))
        {
            // A name without a namespace behind it: its making was interrupted.
            if (File.Exists(Path.Combine(Folder, name)))
                await command.RunAsync(new Invocation("ip", ["netns", "delete", name]), ct);
            await command.RunAsync(new Invocation("ip", ["netns", "add", name]), ct);
        }
        else if (await OwnerAsync(id, ct) is { Length: > 0 } owner && owner != Alias(id))
            throw Fault.Conflict($"router {id} is held by another cloud on this host");
        var changes = $"link set lo alias {Alias(id)}\nlink set lo up\n";
        await command.RunAsync(new Invocation("ip", ["-netns", name, "-batch", "-"], changes), ct);
        await command.RunAsync(Within(id, "sysctl", ["-e", "-q", "-w", .. Settings]), ct);
        return name;
    }

    /// <summary>
    /// Its legs' devices go first, and so do their other ends: the kernel would take them down with the namespace, but some time
    /// after it has gone, when somebody may have found them whole already.
    /// </summary>
    public async Task RemoveAsync(RouterId id, CancellationToken ct)
    {
        if (
            !Mounted().Contains(id)
            || await OwnerAsync(id, ct) is not { } owner
            || (owner.Length > 0 && owner != Alias(id))
        )
            return;
        var legs = string.Concat((await _devices.ListPairedAsync(NameOf(id), ct)).Select(d => $"link del {d}\n"));
        if (legs.Length > 0)
            await command.RunAsync(new Invocation("ip", ["-netns", NameOf(id), "-batch", "-"], legs), ct);
        await command.RunAsync(new Invocation("ip", ["netns", "delete", NameOf(id)]), ct);
    }

    public async Task<IReadOnlyList<RouterId>> ListAsync(CancellationToken ct)
    {
        var held = new List<RouterId>();
        foreach (var id in Mounted().OrderBy(router => router.Value))
            if (await OwnerAsync(id, ct) == Alias(id))
                held.Add(id);
        return held;
    }

    private string Alias(RouterId id) => $"pipeline:{options.Cloud}:router:{id}";

    /// <summary>The alias; empty where there is none yet, null where the namespace went while we looked.</summary>
    private async Task<string?> OwnerAsync(RouterId id, CancellationToken ct)
    {
        var show = new Invocation("ip", ["-netns", NameOf(id), "-oneline", "link", "show", "dev", "lo"]);
        var outcome = await command.TryAsync(show, ct);
        if (outcome.ExitCode != 0)
            return Mounted().Contains(id) ? "" : null;
        var at = outcome.Output.IndexOf("alias ", StringComparison.Ordinal);
        return at < 0 ? "" : outcome.Output[(at + "alias ".Length)..].Trim();
    }

    private IReadOnlySet<RouterId> Mounted()
    {
        var head = Path.Combine(Folder, Prefix);
        var found = new HashSet<RouterId>();
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
            if (line.Split(' ') is [_, _, _, _, var point, ..] && point.StartsWith(head, StringComparison.Ordinal))
                if (RouterId.TryParse(point[head.Length..], out var id))
                    found.Add(id);
        return found;
    }
}
