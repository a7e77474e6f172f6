namespace Pipeline.Testing.Models;

/// <summary>Something that exists, and whose it is.</summary>
internal abstract class Owned(string id, string project)
{
    public string Id { get; set; } = id;

    public string Project { get; set; } = project;
}

internal sealed class ANetwork(string id, string project) : Owned(id, project)
{
    public bool Shared { get; set; }
}

internal sealed class ASubnet(string id, string project, ANetwork network, int cidr) : Owned(id, project)
{
    public ANetwork Network => network;

    /// <summary>Which of the few ranges that there are; two of a network overlap when it is the same.</summary>
    public int Cidr => cidr;
}

internal sealed class APort(string id, string project, ANetwork network) : Owned(id, project)
{
    public ANetwork Network => network;

    /// <summary>The cloud's own, which answers DHCP requests; its id is not known.</summary>
    public bool IsDhcp { get; init; }

    /// <summary>Where its addresses are from.</summary>
    public HashSet<string> Subnets { get; } = [];

    public HashSet<string> Groups { get; } = [];

    public AServer? Server { get; set; }

    /// <summary>Made by the build of its server, and goes with it.</summary>
    public bool IsServers { get; init; }
}

internal sealed class AGroup(string id, string project) : Owned(id, project)
{
    public bool IsDefault { get; init; }
}

/// <param name="what">Tells rules of a group apart; null for those that a group begins with.</param>
internal sealed class ARule(string id, AGroup group, int? what) : Owned(id, group.Project)
{
    public AGroup Group => group;

    public int? What => what;
}

internal sealed class AnImage(string id, string project) : Owned(id, project)
{
    public string Visibility { get; set; } = "private";

    public bool IsActive { get; set; }

    public bool IsProtected { get; set; }

    /// <summary>Everybody's from the first on, and left alone: there is always something to boot.</summary>
    public bool Stays { get; init; }
}

/// <summary>Belongs to nobody.</summary>
internal sealed class AFlavor(string id, int vcpus, int ram) : Owned(id, "")
{
    public int Vcpus => vcpus;

    public int Ram => ram;

    public bool IsPublic { get; init; } = true;

    /// <summary>Who may use it besides, where it is not public.</summary>
    public HashSet<string> Access { get; } = [];
}

internal sealed class AServer(string id, string project, AFlavor flavor) : Owned(id, project)
{
    public AFlavor Flavor => flavor;

    public string Name { get; set; } = "";

    /// <summary>ACTIVE, SHUTOFF or ERROR; ERROR is for good here.</summary>
    public string Status { get; set; } = "ACTIVE";

    public bool IsLocked { get; set; }

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}

/// <summary>Of a user, whatever the project.</summary>
internal sealed record AKeypair(string User, string Name);

/// <summary>A project beside those in which everything is made.</summary>
internal sealed class AProject(string id, string name)
{
    public string Id => id;

    public string Name => name;
}

/// <summary>A user who was made on the way, and the last token that they got.</summary>
internal sealed class AUser(string id, string name)
{
    public string Id => id;

    public string Name => name;

    /// <summary>Where they are member.</summary>
    public HashSet<string> Projects { get; } = [];

    public string? Token { get; set; }

    public string TokenProject { get; set; } = "";

    public bool TokenIsValid { get; set; }
}
