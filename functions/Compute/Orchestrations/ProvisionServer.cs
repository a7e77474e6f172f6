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
    ImageRef Image,
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
        var claim = await saga.DoAsync(new ClaimHost(id, order.Project, spec.Resources), undo: new ReleaseHost(id));
        var host = claim.Host;
        var (bound, _) = await saga.WhenAllAsync(
            saga.DoAsync(Ports(order, claim), undo: new UnbindPorts(id)),
            saga.DoAsync(new CreateDisks(host, id, spec.DiskGib), undo: new DeleteDisks(host, id))
        );
        var (plugged, _) = await saga.WhenAllAsync(
            saga.DoAsync(new PlugPorts(host, id, bound.Networks, bound.Ports), undo: Unplug(host, id, bound)),
            saga.DoAsync(
                new WriteImage(host, id, spec.DiskGib, spec.Image),
                Undo.NotNeeded("the disk's own undo removes it")
            )
        );
        await saga.DoAsync(new StartGuest(host, Guest(order, bound, plugged)), undo: new DestroyGuest(host, id));
        await saga.DoAsync(new MarkPortsActive(id), Undo.NotNeeded("unbinding the ports ends their status too"));
        await saga.DoAsync(new MarkServerActive(id), Undo.NotNeeded("last step"));
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
            [.. bound.Ports.Select(p => new GuestNic(p.Id, p.Mac, devices.GetValueOrDefault(p.Id), p.Mtu))],
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
