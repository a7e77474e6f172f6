namespace Pipeline.Testing.Worlds;

internal enum ThingKind
{
    Server,
    Network,
    Port,
    Group,
    Image,
    Keypair,
    Volume,
    Snapshot,
    Router,
}

/// <summary>Something that a tenant was told is there, and what the tenant said about it since.</summary>
internal sealed class Thing(ThingKind kind, string id, Tenant owner)
{
    public ThingKind Kind => kind;

    public string Id => id;

    public Tenant Owner => owner;

    /// <summary>What goes with it when it goes: a volume's snapshots, a port that its router has taken.</summary>
    public List<Thing> Parts { get; } = [];

    /// <summary>From here on it may be gone, whether or not the request was heard.</summary>
    public bool DeleteAsked { get; set; }

    /// <summary>It must be gone in the end.</summary>
    public bool DeleteAnswered { get; set; }

    /// <summary>Its record was made after the point that the database was restored to: it may be there or not.</summary>
    public bool Lost { get; set; }

    public string Path =>
        kind switch
        {
            ThingKind.Server => $"/compute/v2.1/servers/{id}",
            ThingKind.Network => $"/network/v2.0/networks/{id}",
            ThingKind.Port => $"/network/v2.0/ports/{id}",
            ThingKind.Group => $"/network/v2.0/security-groups/{id}",
            ThingKind.Image => $"/image/v2/images/{id}",
            ThingKind.Volume => $"/volume/v3/volumes/{id}",
            ThingKind.Snapshot => $"/volume/v3/snapshots/{id}",
            ThingKind.Router => $"/network/v2.0/routers/{id}",
            _ => $"/compute/v2.1/os-keypairs/{id}",
        };

    public override string ToString() => $"{kind} {id} of {owner.User.Name}";
}
