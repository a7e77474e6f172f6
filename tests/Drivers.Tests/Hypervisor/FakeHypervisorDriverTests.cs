using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Fake;

namespace Pipeline.Drivers.Tests.Hypervisor;

public sealed class FakeHypervisorDriverTests : VolumeSwapContract
{
    private readonly FakeHost _host = new();

    protected override IHypervisorDriver DriverOf(string cloud) => new FakeHypervisorDriver(_host, cloud);

    protected override Task<string> NewRootDiskAsync() => Task.FromResult("/fake/root.qcow2");

    protected override Task<GuestVolume> NewVolumeAsync() =>
        Task.FromResult(NewVolume(new("fake", new Dictionary<string, string>())));

    protected override Task<GuestVolume> NewBootVolumeAsync() => NewVolumeAsync();

    protected override Task<IReadOnlyList<AttachmentId>> DisksAsync(ServerId id) =>
        Task.FromResult<IReadOnlyList<AttachmentId>>([
            .. (_host.Guests[$"{id}"].Spec.Volumes ?? []).Select(volume => volume.Attachment),
        ]);

    protected override Task<bool> UsesAsync(ServerId id, GuestVolume volume) =>
        Task.FromResult((_host.Guests[$"{id}"].Spec.Volumes ?? []).Any(v => v.Attachment == volume.Attachment));

    [Fact]
    public async Task The_console_shows_the_servers_name()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync() with { Name = "web-1" };
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Contains("web-1 login:", await driver.ReadConsoleAsync(spec.Id, Ct));
    }

    [Fact]
    public async Task An_operation_failed_before_it_took_effect_changes_nothing()
    {
        var spec = await NewSpecAsync();
        _host.Before = (operation, id) =>
            operation == "EnsureGuest" && id == $"{spec.Id}"
                ? throw new Fault(FaultCode.DriverFailed, "told to fail")
                : Task.CompletedTask;
        await RefusesAsync(FaultCode.DriverFailed, () => NewDriver().EnsureGuestAsync(spec, Ct));
        Assert.Empty(await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task An_operation_whose_answer_was_lost_has_taken_effect()
    {
        var spec = await NewSpecAsync();
        _host.After = (operation, _) =>
            operation == "EnsureGuest" ? throw new OperationCanceledException() : Task.CompletedTask;
        await Assert.ThrowsAsync<OperationCanceledException>(() => NewDriver().EnsureGuestAsync(spec, Ct));
        Assert.Single(await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task Without_a_delaying_hook_every_operation_completes_at_once()
    {
        var spec = await NewSpecAsync();
        Assert.True(NewDriver().EnsureGuestAsync(spec, Ct).IsCompletedSuccessfully);
        var delay = new TaskCompletionSource();
        _host.Before = (_, _) => delay.Task;
        var stopping = NewDriver().StopGuestAsync(spec.Id, AtOnce, Ct);
        Assert.False(stopping.IsCompleted);
        delay.SetResult();
        Assert.Equal(GuestState.Off, (await stopping).State);
    }

    [Fact]
    public async Task Operations_begun_beside_each_other_all_take_effect()
    {
        var spec = await NewSpecAsync();
        var ids = Enumerable.Range(0, 2000).Select(_ => new ServerId(Guid.NewGuid())).ToList();
        await Parallel.ForEachAsync(
            ids,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct },
            async (id, ct) => await NewDriver().EnsureGuestAsync(spec with { Id = id }, ct)
        );
        Assert.Equal(ids.Count, (await ListAsync(NewDriver())).Count);
    }
}
