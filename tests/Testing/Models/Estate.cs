namespace Pipeline.Testing.Models;

/// <summary>The model: what exists, who may see it, and what it counts. Pure; it knows nothing of the cloud but answers.</summary>
internal sealed class Estate
{
    private int moment;

    private static readonly Dictionary<string, long> Defaults = new()
    {
        ["instances"] = 10,
        ["cores"] = 20,
        ["ram"] = 51_200,
        ["key_pairs"] = 100,
        ["network"] = 100,
        ["subnet"] = 100,
        ["port"] = 500,
        ["security_group"] = 10,
        ["security_group_rule"] = 100,
        ["volumes"] = 10,
        ["snapshots"] = 10,
        ["gigabytes"] = 1000,
        ["backups"] = 10,
        ["backup_gigabytes"] = 1000,
    };

    /// <summary>Counted by the network service, by compute, and by block storage.</summary>
    public static readonly IReadOnlyList<string> Networked =
    [
        "network",
        "subnet",
        "port",
        "security_group",
        "security_group_rule",
    ];

    public static readonly IReadOnlyList<string> Computed = ["instances", "cores", "ram"];

    public static readonly IReadOnlyList<string> Stored =
    [
        "volumes",
        "snapshots",
        "gigabytes",
        "backups",
        "backup_gigabytes",
    ];

    public required IReadOnlyList<ModelCaller> Callers { get; init; }

    /// <summary>The role that is given to users, by its id.</summary>
    public required string Role { get; init; }

    public List<ANetwork> Networks { get; } = [];
    public List<ASubnet> Subnets { get; } = [];
    public List<APort> Ports { get; } = [];
    public List<AGroup> Groups { get; } = [];
    public List<ARule> Rules { get; } = [];
    public List<AnImage> Images { get; } = [];
    public List<AFlavor> Flavors { get; } = [];
    public List<AServer> Servers { get; } = [];
    public HashSet<AKeypair> Keypairs { get; } = [];
    public List<AProject> Projects { get; } = [];
    public List<AUser> Users { get; } = [];
    public List<AVolumeType> VolumeTypes { get; } = [];
    public List<AVolume> Volumes { get; } = [];
    public List<ASnapshot> Snapshots { get; } = [];
    public List<ABackup> Backups { get; } = [];
    public List<ATransfer> Transfers { get; } = [];

    /// <summary>Limits that a project has of its own, by project and resource.</summary>
    public SortedDictionary<(string Project, string Resource), long> Limits { get; } = [];

    /// <summary>The last thing that was made.</summary>
    public Made? Last { get; set; }

    /// <summary>Puts what volumes held in an order.</summary>
    public int Next() => ++moment;

    /// <summary>Ids of what was there once, by kind.</summary>
    public Dictionary<Type, List<string>> Gone { get; } = [];

    /// <summary>The projects in which things are made.</summary>
    public IEnumerable<string> Homes => Callers.Where(c => c.User is not null).Select(c => c.Project).Distinct();

    public long LimitOf(string project, string resource) =>
        Limits.TryGetValue((project, resource), out var own) ? own : Defaults[resource];

    public long Used(string project, string resource) =>
        resource switch
        {
            "instances" => Servers.Count(s => s.Project == project),
            "cores" => Servers.Where(s => s.Project == project).Sum(s => s.Flavor.Vcpus),
            "ram" => Servers.Where(s => s.Project == project).Sum(s => s.Flavor.Ram),
            "network" => Networks.Count(n => n.Project == project),
            "subnet" => Subnets.Count(s => s.Project == project),
            "port" => Ports.Count(p => p.Project == project),
            "security_group" => Groups.Count(g => g.Project == project),
            "volumes" => Volumes.Count(v => v.Project == project),
            "snapshots" => Snapshots.Count(s => s.Project == project),
            "gigabytes" => Volumes.Where(v => v.Project == project).Sum(v => v.Gib)
                + Snapshots.Where(s => s.Project == project).Sum(s => s.Gib),
            "backups" => Backups.Count(b => b.Project == project),
            "backup_gigabytes" => Backups.Where(b => b.Project == project).Sum(b => b.Gib),
            _ => Rules.Count(r => r.Project == project),
        };

    /// <summary>Whether there is no room for so much more.</summary>
    public bool Lacks(string project, string resource, long amount = 1) =>
        LimitOf(project, resource) is >= 0 and var limit && Used(project, resource) + amount > limit;

    public static bool Sees(ModelCaller caller, ANetwork network) => Owns(caller, network) || network.Shared;

    public static bool Sees(ModelCaller caller, ASubnet subnet) => Owns(caller, subnet) || Sees(caller, subnet.Network);

    /// <summary>A network's owner sees what is plugged into it.</summary>
    public static bool Sees(ModelCaller caller, APort port) => Owns(caller, port) || Owns(caller, port.Network);

    public static bool Sees(ModelCaller caller, AnImage image) =>
        Owns(caller, image) || image.Visibility is "public" or "community";

    /// <summary>A community image is listed to its owner alone, unless it is asked for.</summary>
    public static bool Lists(ModelCaller caller, AnImage image) =>
        image.Project == caller.Project
        || image.Visibility is "public"
        || (caller.IsAdmin && image.Visibility is not "community");

    public static bool Sees(ModelCaller caller, AFlavor flavor) =>
        caller.IsAdmin || flavor.IsPublic || flavor.Access.Contains(caller.Project);

    public static bool Sees(ModelCaller caller, AVolumeType type) =>
        caller.IsAdmin || type.IsPublic || type.Access.Contains(caller.Project);

    public static bool Owns(ModelCaller caller, Owned thing) => caller.IsAdmin || thing.Project == caller.Project;

    /// <summary>One of these, mostly the caller's own, now and then one that is gone: then there is only its id.</summary>
    public (string Id, T? Thing) Pick<T>(IReadOnlyList<T> some, int which, ModelCaller? caller = null)
        where T : Owned
    {
        if (
            caller is not null
            && which % 12 < 8
            && some.Where(s => s.Project == caller.Project).ToList() is { Count: > 0 } own
        )
            return (own[which / 12 % own.Count].Id, own[which / 12 % own.Count]);
        var gone = Gone.GetValueOrDefault(typeof(T), []);
        if (gone.Count > 0 && (some.Count == 0 || which % 12 == 11))
            return (gone[which % gone.Count], null);
        return some.Count == 0 ? ("", null) : (some[which % some.Count].Id, some[which % some.Count]);
    }

    public void Remove<T>(List<T> from, T thing)
        where T : Owned
    {
        from.Remove(thing);
        if (!Gone.TryGetValue(typeof(T), out var gone))
            Gone[typeof(T)] = gone = [];
        gone.Add(thing.Id);
    }

    public void RemoveNetwork(ANetwork network)
    {
        foreach (var subnet in Subnets.FindAll(s => s.Network == network))
            Remove(Subnets, subnet);
        Ports.RemoveAll(p => p.Network == network && p.IsDhcp);
        Remove(Networks, network);
    }

    /// <summary>The cloud's own port comes with a network's first subnet and goes with its last.</summary>
    public void TendDhcp(ANetwork network)
    {
        var due = Subnets.Exists(s => s.Network == network);
        var there = Ports.Exists(p => p.Network == network && p.IsDhcp);
        if (due && !there)
            Ports.Add(new("", network.Project, network) { IsDhcp = true });
        else if (there && !due)
            Ports.RemoveAll(p => p.Network == network && p.IsDhcp);
    }

    /// <summary>With its snapshots, and with its offer; its backups stay.</summary>
    public void RemoveVolume(AVolume volume)
    {
        foreach (var snapshot in Snapshots.FindAll(s => s.Volume == volume))
            Remove(Snapshots, snapshot);
        foreach (var offer in Transfers.FindAll(t => t.Volume == volume))
            Remove(Transfers, offer);
        Remove(Volumes, volume);
    }

    public void RemoveGroup(AGroup group)
    {
        foreach (var rule in Rules.FindAll(r => r.Group == group))
            Remove(Rules, rule);
        Remove(Groups, group);
    }

    /// <summary>What was made for it goes with it; what it was given is free again.</summary>
    public void RemoveServer(AServer server)
    {
        foreach (var port in Ports.FindAll(p => p.Server == server))
            if (port.IsServers)
                Remove(Ports, port);
            else
                port.Server = null;
        foreach (var volume in Volumes.Where(v => v.Server == server))
            (volume.Server, volume.Status) = (null, AVolume.Available);
        Remove(Servers, server);
    }
}
