using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>The rows of the contract about a volume that takes another's place under its guest.</summary>
public abstract class VolumeSwapContract : GuestVolumesContract
{
    /// <summary>Whether one of the running machine's disks reads and writes this volume, by its own account.</summary>
    protected abstract Task<bool> UsesAsync(ServerId id, GuestVolume volume);

    [Fact]
    public async Task A_volume_takes_anothers_place_and_name()
    {
        var (id, old, next) = (await NewGuestAsync(), await NewVolumeAsync(), await NewVolumeAsync());
        var other = await NewVolumeAsync();
        foreach (var volume in (GuestVolume[])[old, other])
            await Volumes(NewDriver()).AttachVolumeAsync(id, volume, Ct);
        await MirrorAsync(NewDriver(), id, old, next);
        await MirrorAsync(NewDriver(), id, old, next);
        Assert.True(await UsesAsync(id, old));
        foreach (var driver in (IHypervisorDriver[])[NewDriver(), NewDriver()])
            Assert.True(await Swap(driver).PivotVolumeAsync(id, old.Attachment, next, Ct));
        await MirrorAsync(NewDriver(), id, old, next); // late, and all is done
        await Swap(NewDriver()).StopMirrorAsync(id, next.Attachment, Ct);
        await HasAsync(id, next, other);
        Assert.False(await UsesAsync(id, old));
        Assert.Equal("/dev/vdb", await Volumes(NewDriver()).AttachVolumeAsync(id, next, Ct));
        await Volumes(NewDriver()).DetachVolumeAsync(id, old.Attachment, Ct); // it is gone already
        await HasAsync(id, next, other);
    }

    [Fact]
    public async Task What_has_taken_a_place_has_it_at_the_next_start_and_lets_go_of_it()
    {
        var (driver, id, old, next) = (
            NewDriver(),
            await NewGuestAsync(),
            await NewVolumeAsync(),
            await NewVolumeAsync()
        );
        await Volumes(driver).AttachVolumeAsync(id, old, Ct);
        await SwapAsync(driver, id, old, next);
        await driver.StopGuestAsync(id, AtOnce, Ct);
        await NewDriver().StartGuestAsync(id, Ct);
        await HasAsync(id, next);
        await Eventually.IsTrueAsync(() => LetsGoAsync(id, next), "the guest lets go of it");
        Assert.Empty(await DisksAsync(id));
        await Volumes(driver).AttachVolumeAsync(id, old, Ct); // nothing of it is left that would be in the way
        await HasAsync(id, old);
    }

    [Fact]
    public async Task A_place_is_taken_again_and_again()
    {
        var (driver, id, first) = (NewDriver(), await NewGuestAsync(), await NewVolumeAsync());
        await Volumes(driver).AttachVolumeAsync(id, first, Ct);
        var last = first;
        for (var i = 0; i < 3; i++)
        {
            var next = await NewVolumeAsync();
            await SwapAsync(driver, id, last, next);
            last = next;
        }
        await SwapAsync(driver, id, last, first with { Attachment = NewAttachment() });
        Assert.Single(await DisksAsync(id));
    }

    [Fact]
    public async Task A_guest_boots_from_the_volume_that_has_taken_its_boot_volumes_place()
    {
        var (driver, boot, next) = (NewDriver(), await NewBootVolumeAsync(), await NewVolumeAsync());
        var spec = await NewSpecAsync() with { RootDisk = null, Volumes = [boot with { BootIndex = 0 }] };
        await driver.EnsureGuestAsync(spec, Ct);
        await SaysAsync("");
        await SwapAsync(driver, spec.Id, boot, next);
        await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
        var before = await driver.ReadConsoleAsync(spec.Id, Ct);
        await driver.StartGuestAsync(spec.Id, Ct);
        await SaysAsync(before);
        await HasAsync(spec.Id, next);

        Task SaysAsync(string since) =>
            Eventually.IsTrueAsync(
                async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Length >= since.Length + 11,
                "the guest writes to its console"
            );
    }

    [Fact]
    public async Task Copying_that_is_ended_leaves_the_guest_its_volume_and_the_other_to_others()
    {
        var (driver, id, old, next) = (
            NewDriver(),
            await NewGuestAsync(),
            await NewVolumeAsync(),
            await NewVolumeAsync()
        );
        await Volumes(driver).AttachVolumeAsync(id, old, Ct);
        await MirrorAsync(driver, id, old, next);
        foreach (var agent in (IHypervisorDriver[])[NewDriver(), NewDriver()])
            await Swap(agent).StopMirrorAsync(id, next.Attachment, Ct);
        Assert.False(await Swap(driver).PivotVolumeAsync(id, old.Attachment, next, Ct));
        await HasAsync(id, old);
        Assert.Equal("/dev/vdc", await Volumes(driver).AttachVolumeAsync(id, next, Ct));
    }

    [Fact]
    public async Task A_guest_that_ends_before_keeps_its_volume()
    {
        var (driver, id, old, next) = (
            NewDriver(),
            await NewGuestAsync(),
            await NewVolumeAsync(),
            await NewVolumeAsync()
        );
        await Volumes(driver).AttachVolumeAsync(id, old, Ct);
        await MirrorAsync(driver, id, old, next);
        await driver.StopGuestAsync(id, AtOnce, Ct);
        await RefusesAsync(FaultCode.Conflict, () => Swap(driver).MirrorVolumeAsync(id, old.Attachment, next, Ct));
        Assert.False(await Swap(driver).PivotVolumeAsync(id, old.Attachment, next, Ct));
        await driver.StartGuestAsync(id, Ct);
        await HasAsync(id, old);
        await SwapAsync(driver, id, old, next);
    }

    [Fact]
    public async Task Where_there_is_nothing_nothing_takes_its_place()
    {
        var (driver, id, old, next) = (
            NewDriver(),
            await NewGuestAsync(),
            await NewVolumeAsync(),
            await NewVolumeAsync()
        );
        await RefusesAsync(FaultCode.Conflict, () => Swap(driver).MirrorVolumeAsync(id, old.Attachment, next, Ct));
        await Volumes(driver).AttachVolumeAsync(id, old, Ct);
        foreach (var (agent, server) in ((IHypervisorDriver, ServerId)[])[(driver, NewId()), (DriverOf("cloud-b"), id)])
        {
            await RefusesAsync(
                FaultCode.NotFound,
                () => Swap(agent).MirrorVolumeAsync(server, old.Attachment, next, Ct)
            );
            Assert.False(await Swap(agent).PivotVolumeAsync(server, old.Attachment, next, Ct));
            await Swap(agent).StopMirrorAsync(server, next.Attachment, Ct);
        }
        await HasAsync(id, old);
    }

    private static IVolumeSwap Swap(IHypervisorDriver driver) => (IVolumeSwap)driver;

    private async Task SwapAsync(IHypervisorDriver driver, ServerId id, GuestVolume old, GuestVolume next)
    {
        await MirrorAsync(driver, id, old, next);
        Assert.True(await Swap(driver).PivotVolumeAsync(id, old.Attachment, next, Ct));
        Assert.Equal((true, false), (await UsesAsync(id, next), await UsesAsync(id, old)));
    }

    /// <summary>As the engine asks: again, while it copies.</summary>
    private static Task MirrorAsync(IHypervisorDriver driver, ServerId id, GuestVolume old, GuestVolume next) =>
        Eventually.IsTrueAsync(
            async () =>
            {
                try
                {
                    await Swap(driver).MirrorVolumeAsync(id, old.Attachment, next, Ct);
                    return true;
                }
                catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
                {
                    return false;
                }
            },
            "both volumes are alike"
        );

    private async Task<bool> LetsGoAsync(ServerId id, GuestVolume volume)
    {
        try
        {
            await Volumes(NewDriver()).DetachVolumeAsync(id, volume.Attachment, Ct);
            return true;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            return false; // it is still booting
        }
    }

    private async Task HasAsync(ServerId id, params GuestVolume[] volumes)
    {
        Assert.Equal(volumes.Length, (await DisksAsync(id)).Count);
        foreach (var volume in volumes)
            Assert.True(await UsesAsync(id, volume));
    }
}
