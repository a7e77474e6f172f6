using System.Runtime.CompilerServices;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Disk.Fake;

/// <summary>Disks that are only records of a <see cref="FakeHost"/>; no image is read.</summary>
public sealed class FakeDiskDriver(FakeHost host, string cloud) : IDiskDriver
{
    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) =>
        Task.FromResult(new DriverReport(Ready: true, Problem: null, new SortedDictionary<string, string>()));

    public Task<string> EnsureDiskAsync(DiskSpec spec, CancellationToken ct) =>
        host.DoAsync("EnsureDisk", $"{spec.Id}", () => Ensure(spec), ct);

    public Task WriteImageAsync(ServerId id, CachedImage image, CancellationToken ct) =>
        host.DoAsync("WriteImage", $"{id}", () => Write(id, image), ct);

    public Task DeleteDisksAsync(ServerId id, CancellationToken ct) =>
        host.DoAsync("DeleteDisks", $"{id}", () => Find(id) is not null && host.Disks.Remove($"{id}"), ct);

    public async IAsyncEnumerable<DiskStatus> ListDisksAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var disk in await host.DoAsync("ListDisks", "", () => host.Disks.Values.ToList(), ct))
            if (disk.Spec.Cloud == cloud)
                yield return new DiskStatus(disk.Spec.Id, PathOf(disk.Spec.Id), disk.Image?.Path);
    }

    private string Ensure(DiskSpec spec)
    {
        DiskRules.Check(spec, cloud);
        var known = host.Disks.GetValueOrDefault($"{spec.Id}");
        if (known is not null && known.Spec.Cloud != cloud)
            throw Fault.Conflict($"the disks of {spec.Id} belong to another cloud");
        host.Disks[$"{spec.Id}"] = new FakeDisk(spec, known?.Image);
        return PathOf(spec.Id);
    }

    private FakeDisk Write(ServerId id, CachedImage image)
    {
        DiskRules.Check(image);
        var disk = Find(id) ?? throw Fault.NotFound($"no disk is reserved for {id} on this host");
        return host.Disks[$"{id}"] = disk with { Image = image };
    }

    private FakeDisk? Find(ServerId id) =>
        host.Disks.GetValueOrDefault($"{id}") is { } disk && disk.Spec.Cloud == cloud ? disk : null;

    private static string PathOf(ServerId id) => $"/fake/disks/{id}/root.qcow2";
}
