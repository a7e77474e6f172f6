using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Fake;

/// <summary>Guests that are only records of a <see cref="FakeHost"/>: no process, no file, no time passes.</summary>
public sealed class FakeHypervisorDriver(FakeHost host, string cloud)
    : IHypervisorDriver,
        IGuestVolumes,
        IVolumeSwap,
        IGuestWatch
{
    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) =>
        Task.FromResult(new DriverReport(Ready: true, Problem: null, new SortedDictionary<string, string>()));

    public Task<GuestStatus> EnsureGuestAsync(GuestSpec spec, CancellationToken ct) =>
        host.DoAsync("EnsureGuest", $"{spec.Id}", () => Ensure(spec), ct);

    public Task DestroyGuestAsync(ServerId id, CancellationToken ct) =>
        host.DoAsync("DestroyGuest", $"{id}", () => Find(id) is not null && host.Guests.Remove($"{id}"), ct);

    public Task<GuestStatus> StartGuestAsync(ServerId id, CancellationToken ct) =>
        host.DoAsync("StartGuest", $"{id}", () => Boot(Require(id)), ct);

    public Task<GuestStatus> StopGuestAsync(ServerId id, TimeSpan grace, CancellationToken ct) =>
        host.DoAsync("StopGuest", $"{id}", () => Keep(Require(id) with { State = GuestState.Off, Mirrors = [] }), ct);

    public Task<string> ReadConsoleAsync(ServerId id, CancellationToken ct) =>
        host.DoAsync("ReadConsole", $"{id}", () => Require(id).Console, ct);

    public Task<string> AttachVolumeAsync(ServerId id, GuestVolume volume, CancellationToken ct) =>
        host.DoAsync("AttachVolume", $"{volume.Attachment}", () => Attach(Require(id), volume), ct);

    public Task DetachVolumeAsync(ServerId id, AttachmentId attachment, CancellationToken ct) =>
        host.DoAsync("DetachVolume", $"{attachment}", () => Find(id) is { } guest && Detach(guest, attachment), ct);

    public Task ResizeVolumeAsync(ServerId id, AttachmentId attachment, long bytes, CancellationToken ct) =>
        host.DoAsync("ResizeVolume", $"{attachment}", () => bytes, ct);

    public Task MirrorVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct) =>
        host.DoAsync("MirrorVolume", $"{next.Attachment}", () => Mirror(Require(id), old, next), ct);

    public Task StopMirrorAsync(ServerId id, AttachmentId next, CancellationToken ct) =>
        host.DoAsync("StopMirror", $"{next}", () => Find(id) is { } guest && StopMirror(guest, next), ct);

    public Task<bool> PivotVolumeAsync(ServerId id, AttachmentId old, GuestVolume next, CancellationToken ct) =>
        host.DoAsync("PivotVolume", $"{next.Attachment}", () => Find(id) is { } guest && Pivot(guest, old, next), ct);

    public async IAsyncEnumerable<GuestStatus> ListGuestsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var guest in await host.DoAsync("ListGuests", "", () => host.Guests.Values.ToList(), ct))
            if (guest.Spec.Cloud == cloud)
                yield return new GuestStatus(guest.Spec.Id, guest.State);
    }

    public async IAsyncEnumerable<ServerId> EndedAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var ended = Channel.CreateUnbounded<ServerId>();
        Action<ServerId> tell = id => ended.Writer.TryWrite(id);
        host.Ended += tell;
        try
        {
            while (await ended.Reader.WaitToReadAsync(ct)) // ReadAllAsync would go on from another thread
            while (ended.Reader.TryRead(out var id))
                yield return id;
        }
        finally
        {
            host.Ended -= tell;
        }
    }

    private GuestStatus Ensure(GuestSpec spec)
    {
        GuestRules.Check(spec, cloud);
        var known = host.Guests.GetValueOrDefault($"{spec.Id}");
        if (known is not null && known.Spec.Cloud != cloud)
            throw Fault.Conflict($"guest {spec.Id} belongs to another cloud");
        return known?.State == GuestState.Running
            ? new GuestStatus(spec.Id, GuestState.Running)
            : Boot(
                new FakeGuest(
                    WithVolumes(spec, GuestDisks.Name(spec, Volumes(known))),
                    GuestState.Off,
                    known?.Console ?? ""
                )
            );
    }

    private string Attach(FakeGuest guest, GuestVolume volume)
    {
        GuestRules.Check(volume);
        if (Volumes(guest).FirstOrDefault(known => known.Attachment == volume.Attachment) is { } has)
            return has.Device!;
        var spec = guest.Spec;
        var named = volume with
        {
            Device = GuestDisks.NameOf(
                volume,
                spec.RootDisk is not null,
                spec.ConfigDrive is not null,
                spec.Nics.Count,
                Volumes(guest)
            ),
        };
        Keep(guest with { Spec = WithVolumes(spec, [.. Volumes(guest), named]) });
        return named.Device;
    }

    private GuestStatus Mirror(FakeGuest guest, AttachmentId old, GuestVolume next)
    {
        GuestRules.Check(next);
        var status = new GuestStatus(guest.Spec.Id, guest.State);
        if (Volumes(guest).Any(volume => volume.Attachment == next.Attachment))
            return status;
        if (Volumes(guest).All(volume => volume.Attachment != old))
            throw Fault.Conflict($"guest {guest.Spec.Id} has no disk by attachment {old}");
        if (guest.State != GuestState.Running)
            throw Fault.Conflict($"guest {guest.Spec.Id} is off, and its volumes stay as they are");
        return guest.Mirrors.Contains(next.Attachment)
            ? status
            : Keep(guest with { Mirrors = [.. guest.Mirrors, next.Attachment] });
    }

    private bool StopMirror(FakeGuest guest, AttachmentId next)
    {
        Keep(guest with { Mirrors = [.. guest.Mirrors.Where(known => known != next)] });
        return true;
    }

    private bool Pivot(FakeGuest guest, AttachmentId old, GuestVolume next)
    {
        if (Volumes(guest).Any(volume => volume.Attachment == next.Attachment))
            return true;
        if (!guest.Mirrors.Contains(next.Attachment))
            return false;
        GuestVolume[] now =
        [
            .. Volumes(guest).Select(volume => volume.Attachment == old ? GuestDisks.InPlaceOf(volume, next) : volume),
        ];
        StopMirror(guest with { Spec = WithVolumes(guest.Spec, now) }, next.Attachment);
        return true;
    }

    private bool Detach(FakeGuest guest, AttachmentId attachment)
    {
        GuestVolume[] left = [.. Volumes(guest).Where(volume => volume.Attachment != attachment)];
        if (left.Length == Volumes(guest).Count)
            return false;
        Keep(guest with { Spec = WithVolumes(guest.Spec, left) });
        return true;
    }

    private static IReadOnlyList<GuestVolume> Volumes(FakeGuest? guest) => guest?.Spec.Volumes ?? [];

    // Null when there are none, as in what hosts without volumes wrote.
    private static GuestSpec WithVolumes(GuestSpec spec, IReadOnlyList<GuestVolume> volumes) =>
        spec with
        {
            Volumes = volumes.Count > 0 ? [.. volumes.Select(volume => volume with { Password = null })] : null,
        };

    private GuestStatus Boot(FakeGuest guest) =>
        guest.State == GuestState.Running
            ? new GuestStatus(guest.Spec.Id, GuestState.Running)
            : Keep(
                guest with
                {
                    State = GuestState.Running,
                    Console = $"{guest.Console}\r\n{guest.Spec.Name} login: ",
                }
            );

    private GuestStatus Keep(FakeGuest guest)
    {
        host.Guests[$"{guest.Spec.Id}"] = guest;
        return new GuestStatus(guest.Spec.Id, guest.State);
    }

    private FakeGuest? Find(ServerId id) =>
        host.Guests.GetValueOrDefault($"{id}") is { } guest && guest.Spec.Cloud == cloud ? guest : null;

    private FakeGuest Require(ServerId id) =>
        Find(id) ?? throw Fault.NotFound($"guest {id} is not defined on this host");
}
