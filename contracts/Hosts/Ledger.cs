using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;

namespace Pipeline.Contracts.Hosts;

public enum HoldingKind
{
    Guest,
    Disk,
    Router,
    Port,
    Network,
    Export,
    Snapshot,
    Volume,
}

/// <summary>One thing that lies on a host, named after its owner.</summary>
/// <param name="Id">The owner's id: a server's for guests and disks, else the thing's own.</param>
/// <param name="Parent">A port's network, a snapshot's or an export's volume; null for the others.</param>
public sealed record Holding(HoldingKind Kind, Guid Id, Guid? Parent = null)
{
    /// <summary>Whose lock and fence an order to change it needs.</summary>
    public string Owner =>
        Kind switch
        {
            HoldingKind.Router => $"router/{Id}",
            HoldingKind.Port => $"port/{Id}",
            HoldingKind.Network => $"network/{Id}",
            HoldingKind.Export => $"attachment/{Id}",
            HoldingKind.Snapshot => $"snapshot/{Id}",
            HoldingKind.Volume => $"volume/{Id}",
            _ => $"server/{Id}",
        };
}

/// <summary>Asks a host what its drivers list. A query: it is not fenced, and asked again it is looked at again.</summary>
public sealed record ListHoldings(HostId Host) : IHostActivity<HostHoldings>;

/// <summary>What a host holds of one cloud, images in its cache aside.</summary>
/// <param name="Milestones">The newest points of the database's history that the host has heard of.</param>
public sealed record HostHoldings(
    string Cloud,
    IReadOnlyList<GuestStatus> Guests,
    IReadOnlyList<ServerId> Disks,
    IReadOnlyList<NetworkId> Networks,
    IReadOnlyList<HeldPort> Ports,
    IReadOnlyList<Milestone> Milestones
)
{
    public IReadOnlyList<RouterId> Routers { get; init; } = [];

    /// <summary>Null for none: what hosts without backends tell stays as it was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HeldVolume>? Volumes { get; init; }

    public IEnumerable<Holding> Items() =>
        [
            .. Guests.Select(g => new Holding(HoldingKind.Guest, g.Id.Value)),
            .. Disks.Select(d => new Holding(HoldingKind.Disk, d.Value)),
            .. Routers.Select(r => new Holding(HoldingKind.Router, r.Value)),
            .. Ports.Select(p => new Holding(HoldingKind.Port, p.Id.Value, p.Network.Value)),
            .. Networks.Select(n => new Holding(HoldingKind.Network, n.Value)),
            .. (Volumes ?? []).SelectMany(v =>
                (v.Exports ?? []).Select(e => new Holding(HoldingKind.Export, e.Value, v.Id.Value))
            ),
            .. (Volumes ?? []).SelectMany(v =>
                v.Snapshots.Select(s => new Holding(HoldingKind.Snapshot, s.Value, v.Id.Value))
            ),
            .. (Volumes ?? []).Select(v => new Holding(HoldingKind.Volume, v.Id.Value)),
        ];
}

public sealed record HeldVolume(VolumeId Id, IReadOnlyList<SnapshotId> Snapshots)
{
    /// <summary>The attachments whose ways to it are open; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AttachmentId>? Exports { get; init; }
}

/// <summary>A point of the database's history. A host that knows one which the database does not have has seen its future.</summary>
/// <param name="Line">The line of epochs; each restore of the database begins a new one.</param>
/// <param name="Seq">The number of an audit record.</param>
/// <param name="Stamp">What the record says; two histories that part have different ones under one number.</param>
public sealed record Milestone(long Line, long Seq, string Stamp);

/// <summary>Query interface of each service whose things lie on hosts: what its records say of them.</summary>
public interface ILedger
{
    /// <summary>The records of all that the host should hold, and of what it holds wherever that belongs.</summary>
    /// <param name="held">All that the host holds; a service heeds its own kinds.</param>
    ValueTask<IReadOnlyList<LedgerRecord>> ReadAsync(Tx tx, HostId host, IReadOnlyList<Holding> held);
}

/// <param name="Host">Where it belongs; null for nowhere.</param>
/// <param name="Operated">The resource under whose lock it is changed.</param>
/// <param name="ChangedAt">When it was last changed outside that lock; null for not at all.</param>
public sealed record LedgerRecord(Holding Item, HostId? Host, string Operated, DateTimeOffset? ChangedAt = null);
