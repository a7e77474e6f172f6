using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Edge;

/// <summary>The agent's command line.</summary>
/// <param name="Data">The agent's folder: keys, journal, images, disks, guests, networks.</param>
/// <param name="Url">The functions host's public URL.</param>
/// <param name="Fake">True runs drivers without metal, for laptops and load tests; needs no root.</param>
/// <param name="Inventory">What the host offers; null for all that the machine has.</param>
/// <param name="TokenFile">A file with a one-time join token; needed until the host has joined.</param>
internal sealed record AgentOptions(string Data, Uri Url, string Name, bool Fake, Offer? Inventory, string? TokenFile)
{
    public IReadOnlyList<string> Roles { get; init; } = Parts;

    /// <summary>The volume backends of a host that is for storage.</summary>
    public IReadOnlyList<BackendOptions> Backends { get; init; } = [BackendOptions.Local];

    /// <summary>Where other hosts reach this one's volumes; null for nowhere.</summary>
    public string? StorageAddress { get; init; }

    /// <summary>Where a host that is for storage keeps backups, a full path; null for the cloud's store.</summary>
    public string? BackupFolder { get; init; }

    /// <summary>The availability zone of its networks and routers; null for the cloud's own.</summary>
    public string? Zone { get; init; }

    /// <summary>Null for a host that is alone.</summary>
    public string? Underlay { get; init; }

    /// <summary>The namespace through which tunnels leave; null for the agent's own.</summary>
    public string? UnderlayNamespace { get; init; }

    /// <summary>Bridges of this host by the physical network that they lead into.</summary>
    public IReadOnlyDictionary<string, string> PhysicalNetworks { get; init; } = new Dictionary<string, string>();

    /// <summary>Tells this host from others on the same machine; null where it is alone there.</summary>
    public string? Tag { get; init; }

    /// <summary>A file with what all guests are told; null for nothing.</summary>
    public string? VendorData { get; init; }

    /// <summary>Guests get their metadata for a session token alone.</summary>
    public bool TokensRequired { get; init; }

    /// <summary>Guests are told when a volume of theirs cannot be reached, instead of standing still until it can.</summary>
    public bool ReportsIoErrors { get; init; }

    public const string Usage = """
        usage: Pipeline.Agent --data DIR --url URL [--name NAME] [--token-file FILE] [--inventory CPUS,MIB,GIB] [--fake]
                              [--roles ROLE,...] [--underlay ADDRESS[@NETNS]] [--physical NAME=BRIDGE]... [--tag TAG]
                              [--availability-zone ZONE]
                              [--volume-backend NAME=DRIVER[:FOLDER]]... [--storage-address ADDRESS]
                              [--backup-folder DIR]
                              [--vendor-data FILE] [--metadata-tokens optional|required]
                              [--volume-errors stop|report]
               Pipeline.Agent metadata --data DIR

          --data DIR         the agent's folder: keys, journal, images, disks, guests
          --url URL          the functions host, as http://127.0.0.1:7071 (TLS is needed on anything but loopback)
          --name NAME        the host's name; the machine's by default
          --token-file FILE  a one-time join token (infra/join makes one); needed until the host has joined
          --inventory C,M,D  what the host offers: CPUs, MiB of memory, GiB of disk; all of the machine by default
          --roles ROLE,...   what the host is for: compute, network, storage; all by default
          --availability-zone ZONE  where this host has networks, routers and volumes, for who asks for a zone; the cloud's own by
                             default
          --underlay ADDRESS the IPv4 address under which other hosts reach this one's tunnels; without one it is alone;
                             with a namespace, tunnels leave through that: hosts on one machine, joined by a test bed
          --physical NAME=BRIDGE  a bridge of this host that leads into a physical network; may be said again
          --volume-backend NAME=DRIVER[:FOLDER]  a place for volumes on a storage host; may be said again. Drivers: file (qcow2
                             files, for guests of this host), pool (raw files on xfs or btrfs, the same), nbd, iscsi and
                             nfs (served to other hosts). `local=file` by default, in the agent's folder
          --storage-address ADDRESS  the address under which other hosts reach this one's volumes, and from which it
                             reaches theirs; the latter is the underlay's by default
          --backup-folder DIR  where backups of this host's volumes are kept as files, as on an NFS mount that all storage
                             hosts have; it has to be there, and is one cloud's alone. The cloud's store by default
          --tag TAG          up to 6 letters or digits that tell this host from others on the same machine
          --vendor-data FILE a JSON object for new guests' vendor_data.json, and under `static` in vendor_data2.json
          --metadata-tokens optional|required
                             whether guests must show a session token (as EC2's IMDSv2) to read their metadata; optional
                             by default, for what reads the OpenStack tree seldom knows them
          --volume-errors stop|report
                             what becomes of a guest whose volume cannot be reached or is full: it stands still until that
                             is over (default), or is told that its disk failed
          --fake             drivers without metal; needs no root

        Logs are JSON lines on standard output; a file there is kept below 16 MiB, what it held before is in FILE.old.
        """;

    /// <exception cref="Fault">BadRequest: An option is unknown, or one that is needed is missing.</exception>
    public static AgentOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>();
        var physical = new Dictionary<string, string>();
        var backends = new List<BackendOptions>();
        var fake = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--fake")
                fake = true;
            else if (
                args[i] == "--physical"
                && i + 1 < args.Length
                && args[i + 1].Split('=') is [{ Length: > 0 } network, { Length: > 0 and < 16 } bridge]
            )
            {
                physical[network] = bridge;
                i++;
            }
            else if (args[i] == "--volume-backend" && i + 1 < args.Length)
                backends.Add(BackendOptions.Parse(args[++i]));
            else if (Valued.Contains(args[i]) && i + 1 < args.Length)
                values[args[i]] = args[++i];
            else
                throw Fault.BadRequest($"'{args[i]}' is not understood");
        }
        var address = values.GetValueOrDefault("--url") ?? throw Fault.BadRequest("--url is needed");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Fault.BadRequest($"--url '{address}' is not an http or https URL");
        if (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback)
            throw Fault.BadRequest($"{url} is neither https nor loopback: an agent speaks TLS to another machine");
        var data = values.GetValueOrDefault("--data") ?? throw Fault.BadRequest("--data is needed");
        var name = values.GetValueOrDefault("--name") ?? Environment.MachineName;
        var offer = values.TryGetValue("--inventory", out var text) ? Offer.Parse(text) : null;
        var underlay = values.TryGetValue("--underlay", out var reached) ? reached.Split('@', 2) : null;
        var storage = values.TryGetValue("--storage-address", out var at) ? BackendOptions.AddressOf(at) : null;
        BackendOptions.Check(backends, storage);
        return new(Path.GetFullPath(data), url, name, fake, offer, values.GetValueOrDefault("--token-file"))
        {
            Roles = values.TryGetValue("--roles", out var roles) ? RolesOf(roles) : Parts,
            Zone = values.TryGetValue("--availability-zone", out var zone) ? ZoneOf(zone) : null,
            Underlay = underlay is null ? null : UnderlayOf(underlay[0]),
            UnderlayNamespace = underlay is [_, var space] ? NamespaceOf(space) : null,
            PhysicalNetworks = physical,
            Backends = backends.Count > 0 ? backends : [BackendOptions.Local],
            StorageAddress = storage,
            BackupFolder = values.TryGetValue("--backup-folder", out var kept) ? FolderOf(kept) : null,
            VendorData = values.GetValueOrDefault("--vendor-data"),
            TokensRequired = TokensOf(values.GetValueOrDefault("--metadata-tokens")),
            ReportsIoErrors = ReportsOf(values.GetValueOrDefault("--volume-errors")),
            Tag = values.TryGetValue("--tag", out var tag) ? TagOf(tag) : null,
        };
    }

    private static readonly string[] Valued =
    [
        "--data",
        "--url",
        "--name",
        "--token-file",
        "--inventory",
        "--roles",
        "--availability-zone",
        "--underlay",
        "--tag",
        "--storage-address",
        "--backup-folder",
        "--vendor-data",
        "--metadata-tokens",
        "--volume-errors",
    ];

    private static readonly string[] Parts = [HostFactNames.Compute, HostFactNames.Network, HostFactNames.Storage];

    private static string[] RolesOf(string text) =>
        text.Split(',') is { } roles && roles.All(Parts.Contains)
            ? [.. roles.Distinct()]
            : throw Fault.BadRequest($"--roles '{text}' is not like compute,network,storage");

    private static string ZoneOf(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? text
            : throw Fault.BadRequest(
                $"--availability-zone '{text}' is not one to 64 letters, digits, '-', '_' and '.'"
            );

    private static string FolderOf(string text) =>
        Path.IsPathFullyQualified(text)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))
            : throw Fault.BadRequest($"--backup-folder '{text}' is not a full path, like /srv/backups");

    private static string UnderlayOf(string text) =>
        IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == text
            ? text
            : throw Fault.BadRequest($"--underlay '{text}' is not an IPv4 address");

    private static bool TokensOf(string? text) =>
        text switch
        {
            null or "optional" => false,
            "required" => true,
            _ => throw Fault.BadRequest($"--metadata-tokens '{text}' is neither optional nor required"),
        };

    private static bool ReportsOf(string? text) =>
        text switch
        {
            null or "stop" => false,
            "report" => true,
            _ => throw Fault.BadRequest($"--volume-errors '{text}' is neither stop nor report"),
        };

    private static string NamespaceOf(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? text
            : throw Fault.BadRequest($"'{text}' is not the name of a namespace");

    private static string TagOf(string text) =>
        text.Length is > 0 and <= 6 && text.All(char.IsAsciiLetterOrDigit)
            ? text
            : throw Fault.BadRequest($"--tag '{text}' is not one to six letters or digits");
}

/// <summary>CPUs, MiB of memory and GiB of disk that a host offers.</summary>
internal sealed record Offer(int Vcpus, int MemoryMib, int DiskGib)
{
    /// <exception cref="Fault">BadRequest: It is not three whole numbers of 1 or more.</exception>
    public static Offer Parse(string text) =>
        text.Split(',').Select(part => int.TryParse(part, out var number) && number > 0 ? number : 0).ToArray()
            is [> 0 and var cpus, > 0 and var memory, > 0 and var disk]
            ? new(cpus, memory, disk)
            : throw Fault.BadRequest($"--inventory '{text}' is not like 8,16384,100");
}
