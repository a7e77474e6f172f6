using System.Text.Json.Serialization;
using Pipeline.Compute.Activities;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;
using Pipeline.Contracts.Network;
using Pipeline.Contracts.Placement;
using Pipeline.Durable;

namespace Pipeline.Compute.Orchestrations;

/// <summary>All that a build needs, as it was when the request was accepted.</summary>
internal sealed record ProvisionServer(ServerId Id, ProjectId Project, string RequestId, ServerSpec Spec)
    : IOrchestration<Done>
{
    public string? Resource => Servers.Server.ResourceOf(Id);
}

internal sealed record ServerSpec(
    string Name,
    string HostName,
    int Vcpus,
    int RamMib,
    int DiskGib,
    ImageRef? Image,
    IReadOnlyList<NicRequest> Nics,
    IReadOnlyList<SecurityGroupId> SecurityGroups,
    IReadOnlyList<GuestKey> Keys,
    IReadOnlyDictionary<string, string> Metadata,
    string AvailabilityZone,
    bool ConfigDrive,
    SecretId? UserData,
    SecretId? AdminPassword
)
{
    /// <summary>Volumes that it starts with; without an image it boots from one of them. Null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FirstVolume>? Volumes { get; init; }

    public Resources Resources => new(Vcpus, RamMib, DiskGib);
}

/// <summary>
/// The record stands; now its infrastructure is asked for, the image prepares the disk, and the guest is spawned
/// (the book's figure 4.3). Each step's undo stands beside it.
/// </summary>
internal sealed class ProvisionServerOrchestrator : SagaOrchestrator<ProvisionServer>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    protected override async Task RunAsync(Saga saga, ProvisionServer order)
    {
        var (id, spec) = (order.Id, order.Spec);
        saga.OnFault(fault => new MarkServerError(id, order.RequestId, fault));
        await FirstVolumes.AwaitAsync(saga, spec.Volumes ?? []);
        var place = new ClaimHost(id, order.Project, spec.Resources)
        {
            Volumes = spec.Volumes is { Count: > 0 } first ? [.. first.Select(v => v.VolumeId)] : null,
        };
        var claim = await saga.DoAsync(place, undo: new ReleaseHost(id));
        var host = claim.Host;
        var (bound, plugged) = spec.Image is { } image
            ? await PrepareAsync(saga, order, claim, image)
            : await PlugAsync(saga, order, claim);
        var volumes = await FirstVolumes.OpenAsync(saga, host, spec.Volumes ?? []);
        var guest = Guest(order, bound, plugged) with
        {
            Volumes = volumes.Count > 0 ? [.. volumes.Select(v => v.Disk)] : null,
        };
        await saga.DoAsync(new StartGuest(host, guest), undo: new DestroyGuest(host, id));
        await FirstVolumes.KeepAsync(saga, volumes);
        await saga.DoAsync(new MarkPortsActive(id), Undo.NotNeeded("unbinding the ports ends their status too"));
        await saga.DoAsync(new MarkServerActive(id), Undo.NotNeeded("last step"));
    }

    /// <summary>The ports, and beside them a disk of the host's from the image.</summary>
    private static async Task<(BoundPorts, PluggedPorts)> PrepareAsync(
        Saga saga,
        ProvisionServer order,
        Allocation claim,
        ImageRef image
    )
    {
        var (id, host, gib) = (order.Id, claim.Host, order.Spec.DiskGib);
        var (bound, _) = await saga.WhenAllAsync(
            saga.DoAsync(Ports(order, claim), undo: new UnbindPorts(id)),
            saga.DoAsync(new CreateDisks(host, id, gib), undo: new DeleteDisks(host, id))
        );
        var (plugged, _) = await saga.WhenAllAsync(
            saga.DoAsync(new PlugPorts(host, id, bound.Networks, bound.Ports), undo: Unplug(host, id, bound)),
            saga.DoAsync(new WriteImage(host, id, gib, image), Undo.NotNeeded("the disk's own undo removes it"))
        );
        return (bound, plugged);
    }

    /// <summary>The ports alone, of a server that boots from a volume.</summary>
    private static async Task<(BoundPorts, PluggedPorts)> PlugAsync(Saga saga, ProvisionServer order, Allocation claim)
    {
        var (id, host) = (order.Id, claim.Host);
        var bound = await saga.DoAsync(Ports(order, claim), undo: new UnbindPorts(id));
        var plug = new PlugPorts(host, id, bound.Networks, bound.Ports);
        return (bound, await saga.DoAsync(plug, undo: Unplug(host, id, bound)));
    }

    private static BindPorts Ports(ProvisionServer order, Allocation claim) =>
        new(
            order.Id,
            order.Project,
            claim.HostName,
            claim.Host,
            order.Spec.Nics,
            order.Spec.SecurityGroups,
            order.Spec.HostName
        );

    private static UnplugPorts Unplug(HostId host, ServerId id, BoundPorts bound) =>
        new(host, id, [.. bound.Ports.Select(p => p.Id)], [.. bound.Networks.Select(n => n.Id)]);

    private static GuestOrder Guest(ProvisionServer order, BoundPorts bound, PluggedPorts plugged)
    {
        var spec = order.Spec;
        var devices = plugged.Ports.ToDictionary(p => p.Id, p => p.Device);
        return new(
            order.Id,
            order.Project,
            spec.Name,
            spec.HostName,
            spec.Vcpus,
            spec.RamMib,
            [
                .. bound
                    .Ports.Where(p => p.Tag is null)
                    .Select(p => new GuestNic(p.Id, p.Mac, devices.GetValueOrDefault(p.Id), p.Mtu)),
            ],
            bound.Networks,
            bound.Ports,
            spec.Keys,
            spec.Metadata,
            spec.AvailabilityZone,
            spec.ConfigDrive,
            spec.UserData,
            spec.AdminPassword
        );
    }
}
