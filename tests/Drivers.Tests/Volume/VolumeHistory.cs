using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>What a history needs of a contract: drivers as agents make them, attachments, and hosts that have them open.</summary>
internal sealed record HistoryParts(
    string Cloud,
    Func<IVolumeDriver> NewDriver,
    Func<VolumeId, ExportSpec> NewExport,
    Func<VolumeConnection, ExportSpec, Task<VolumeClient>> ConnectAsync
);

/// <summary>Orders by chance to a driver, and beside it to a model of what must come of them.</summary>
internal sealed class VolumeHistory(HistoryParts parts, int seed)
{
    private const int MostVolumes = 8;
    private const int MostGib = 3;
    private const long Gib = 1L << 30;

    private readonly Dictionary<VolumeId, ModelVolume> _model = [];
    private readonly Random _random = new(seed);
    private IVolumeDriver _driver = parts.NewDriver();
    private bool _copiesOnline;
    private bool _growsOnline;
    private string _last = "nothing";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IVolumeSnapshots Snapshots => (IVolumeSnapshots)_driver;

    private IVolumeExports Exports => (IVolumeExports)_driver;

    public async Task RunAsync(int operations, int lookEvery)
    {
        var done = 0;
        try
        {
            var capabilities = (await _driver.ReadStatisticsAsync(Ct)).Capabilities;
            _copiesOnline = capabilities["online_snapshot_support"];
            _growsOnline = capabilities["online_extend_support"];
            for (; done < operations; done++)
            {
                await StepAsync();
                if (done % lookEvery == 0)
                    await LookAsync();
            }
            await EndAsync();
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            Assert.Fail($"seed {seed}, operation {done} ({_last}): {cause}");
        }
    }

    private Task StepAsync()
    {
        if (_model.Count == 0 || _model.Count < MostVolumes && _random.Next(12) == 0)
            return MakeAsync();
        var id = Any(_model.Keys);
        var volume = _model[id];
        return _random.Next(14) switch
        {
            0 when _model.Count < MostVolumes => CloneAsync(id, volume),
            1 or 2 when volume.Snapshots.Count < 4 => SnapshotAsync(id, volume),
            3 or 4 when _model.Count < MostVolumes && volume.Snapshots.Count > 0 => RestoreAsync(id, volume),
            5 when volume.Snapshots.Count > 0 => ForgetAsync(id, volume),
            6 when volume.Gib < MostGib => GrowAsync(id, volume),
            7 => DeleteAsync(id, volume),
            8 => DetachAsync(id, volume),
            9 => ReadAsync(id, volume),
            10 => RefuseAsync(id, volume),
            11 => BeginAnewAsync(),
            _ => WriteAsync(id, volume),
        };
    }

    private async Task MakeAsync()
    {
        var gib = 1 + _random.Next(2);
        var spec = Say("make", new VolumeSpec(new(Guid.NewGuid()), parts.Cloud, gib * Gib));
        await _driver.EnsureVolumeAsync(spec, Ct);
        _model[spec.Id] = new ModelVolume(gib);
    }

    private async Task CloneAsync(VolumeId id, ModelVolume source)
    {
        var spec = Say("clone", new VolumeSpec(new(Guid.NewGuid()), parts.Cloud, source.Gib * Gib, new(id)));
        if (!await AllowedAsync(source.IsFree || _copiesOnline, () => _driver.EnsureVolumeAsync(spec, Ct)))
            return;
        _model[spec.Id] = new ModelVolume(source.Gib) { Slots = source.Slots };
    }

    private async Task SnapshotAsync(VolumeId id, ModelVolume volume)
    {
        var snapshot = Say("snapshot", new SnapshotId(Guid.NewGuid()));
        if (await AllowedAsync(volume.IsFree || _copiesOnline, () => Snapshots.EnsureSnapshotAsync(id, snapshot, Ct)))
            volume.Snapshots[snapshot] = (volume.Gib, volume.Slots);
    }

    private async Task RestoreAsync(VolumeId id, ModelVolume volume)
    {
        var snapshot = Any(volume.Snapshots.Keys);
        var (held, slots) = volume.Snapshots[snapshot];
        var gib = held + (held < MostGib ? _random.Next(2) : 0);
        var spec = new VolumeSpec(new(Guid.NewGuid()), parts.Cloud, gib * Gib, new(id, snapshot));
        await _driver.EnsureVolumeAsync(Say("volume of a snapshot", spec), Ct);
        _model[spec.Id] = new ModelVolume(gib) { Slots = slots };
    }

    private async Task ForgetAsync(VolumeId id, ModelVolume volume)
    {
        var snapshot = Say("delete a snapshot", Any(volume.Snapshots.Keys));
        await Snapshots.DeleteSnapshotAsync(id, snapshot, Ct);
        volume.Snapshots.Remove(snapshot);
    }

    private async Task GrowAsync(VolumeId id, ModelVolume volume)
    {
        var gib = Say("extend", volume.Gib + 1);
        if (await AllowedAsync(volume.IsFree || _growsOnline, () => _driver.ExtendVolumeAsync(id, gib * Gib, Ct)))
            volume.Gib = gib;
    }

    private async Task DeleteAsync(VolumeId id, ModelVolume volume)
    {
        Say("delete", id);
        var can = volume.IsFree && volume.Snapshots.Count == 0;
        if (await AllowedAsync(can, () => _driver.DeleteVolumeAsync(id, Ct)))
            _model.Remove(id);
    }

    private async Task RefuseAsync(VolumeId id, ModelVolume volume)
    {
        var less = new VolumeSpec(new(Guid.NewGuid()), parts.Cloud, Gib, new(id, new SnapshotId(Guid.NewGuid())));
        Say("refuse", less);
        var fault = await Assert.ThrowsAsync<Fault>(() => _driver.EnsureVolumeAsync(less, Ct));
        Assert.Equal(FaultCode.NotFound, fault.Code);
        await _driver.DeleteVolumeAsync(less.Id, Ct); // what a workflow does then
        await _driver.ExtendVolumeAsync(id, volume.Gib * Gib, Ct); // it has the size
    }

    private Task BeginAnewAsync()
    {
        _driver = Say("another agent", parts.NewDriver());
        return Exports.RestoreExportsAsync(Ct);
    }

    private Task WriteAsync(VolumeId id, ModelVolume volume) =>
        UseAsync(
            id,
            volume,
            async client =>
            {
                for (var i = _random.Next(1, 4); i > 0; i--)
                {
                    var (slot, value) = (_random.Next(volume.Gib * ModelVolume.PerGib), (byte)_random.Next(1, 256));
                    Assert.True(await client.WriteAsync(Say("write", ModelVolume.MarkOf(slot, value))));
                    volume.Slots = volume.Slots.SetItem(slot, value);
                }
            }
        );

    private Task ReadAsync(VolumeId id, ModelVolume volume) =>
        UseAsync(
            id,
            volume,
            async client =>
            {
                for (var slot = 0; slot < volume.Gib * ModelVolume.PerGib; slot++)
                    Assert.True(await client.HoldsAsync(Say("read", ModelVolume.MarkOf(slot, volume.Slots[slot]))));
            }
        );

    /// <summary>Through the attachment that it has, or a new one, which may stay.</summary>
    private async Task UseAsync(VolumeId id, ModelVolume volume, Func<VolumeClient, Task> use)
    {
        volume.Export ??= parts.NewExport(id);
        var way = await Exports.EnsureExportAsync(Say("attach", volume.Export), Ct);
        await using (var client = await parts.ConnectAsync(way, volume.Export))
            await use(client);
        if (_random.Next(3) != 0)
            await DetachAsync(id, volume);
    }

    private async Task DetachAsync(VolumeId id, ModelVolume volume)
    {
        if (volume.Export is not { } export)
            return;
        await Exports.DeleteExportAsync(id, Say("detach", export.Attachment), Ct);
        volume.Export = null;
    }

    private async Task LookAsync()
    {
        var listed = new List<string>();
        await foreach (var volume in _driver.ListVolumesAsync(Ct))
            listed.Add(Line(volume.Id, volume.Bytes / Gib, volume.Snapshots, volume.Exports));
        var expected = _model.Select(pair =>
            Line(
                pair.Key,
                pair.Value.Gib,
                pair.Value.Snapshots.Keys,
                pair.Value.Export is { } export ? [export.Attachment] : []
            )
        );
        Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>All is read back, of snapshots by a volume made of each, and then deleted: nothing is left.</summary>
    private async Task EndAsync()
    {
        foreach (var (id, volume) in _model.ToArray())
        {
            await ReadAsync(id, volume);
            await DetachAsync(id, volume);
            foreach (var snapshot in volume.Snapshots.Keys.ToArray())
            {
                var (gib, slots) = volume.Snapshots[snapshot];
                var made = new ModelVolume(gib) { Slots = slots };
                var spec = new VolumeSpec(new(Guid.NewGuid()), parts.Cloud, gib * Gib, new(id, snapshot));
                await _driver.EnsureVolumeAsync(Say("volume of a snapshot", spec), Ct);
                await ReadAsync(spec.Id, made);
                await DetachAsync(spec.Id, made);
                await _driver.DeleteVolumeAsync(Say("delete", spec.Id), Ct);
                await Snapshots.DeleteSnapshotAsync(id, Say("delete a snapshot", snapshot), Ct);
            }
            await _driver.DeleteVolumeAsync(Say("delete", id), Ct);
        }
        _model.Clear();
        await LookAsync();
    }

    /// <returns>Whether it was to be done; else it was refused as it had to be.</returns>
    private static async Task<bool> AllowedAsync(bool allowed, Func<Task> order)
    {
        if (allowed)
            await order();
        else
            Assert.Equal(FaultCode.Conflict, (await Assert.ThrowsAsync<Fault>(order)).Code);
        return allowed;
    }

    private static string Line(
        VolumeId id,
        long gib,
        IEnumerable<SnapshotId> snapshots,
        IEnumerable<AttachmentId> exports
    ) => $"{id} {gib} [{Words(snapshots)}] [{Words(exports)}]";

    private static string Words<T>(IEnumerable<T> ids) =>
        string.Join(' ', ids.Select(id => $"{id}").Order(StringComparer.Ordinal));

    // A dictionary's order is that of its making, as long as the seed is the same.
    private T Any<T>(IReadOnlyCollection<T> all) => all.ElementAt(_random.Next(all.Count));

    private T Say<T>(string what, T about)
    {
        _last = $"{what} {about}";
        return about;
    }
}
