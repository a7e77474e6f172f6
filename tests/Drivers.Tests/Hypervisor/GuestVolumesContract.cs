using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>The rows of the contract about volumes that are disks of guests.</summary>
public abstract class GuestVolumesContract : HypervisorDriverContract
{
    /// <summary>A volume that this driver's guests reach.</summary>
    protected abstract Task<GuestVolume> NewVolumeAsync();

    /// <summary>A volume from which a guest boots that writes to its console and lets go of disks.</summary>
    protected abstract Task<GuestVolume> NewBootVolumeAsync();

    /// <summary>What the running machine has, by its own account.</summary>
    protected abstract Task<IReadOnlyList<AttachmentId>> DisksAsync(ServerId id);

    [Fact]
    public async Task A_running_guest_is_given_a_disk_and_gives_it_back()
    {
        var (driver, id, volume) = (NewDriver(), await NewGuestAsync(), await NewVolumeAsync());
        Assert.Equal("/dev/vdb", await Volumes(driver).AttachVolumeAsync(id, volume, Ct));
        Assert.Equal([volume.Attachment], await DisksAsync(id));
        await Volumes(driver).DetachVolumeAsync(id, volume.Attachment, Ct);
        Assert.Empty(await DisksAsync(id));
        await Volumes(driver).AttachVolumeAsync(id, volume, Ct); // nothing of it is left that would be in the way
        Assert.Equal([volume.Attachment], await DisksAsync(id));
    }

    [Fact]
    public async Task Attached_or_detached_twice_it_ends_where_once_ends()
    {
        var (id, volume) = (await NewGuestAsync(), await NewVolumeAsync());
        foreach (var driver in (IHypervisorDriver[])[NewDriver(), NewDriver()])
            Assert.Equal("/dev/vdb", await Volumes(driver).AttachVolumeAsync(id, volume, Ct));
        Assert.Equal([volume.Attachment], await DisksAsync(id));
        foreach (var driver in (IHypervisorDriver[])[NewDriver(), NewDriver()])
            await Volumes(driver).DetachVolumeAsync(id, volume.Attachment, Ct);
        Assert.Empty(await DisksAsync(id));
    }

    [Fact]
    public async Task What_is_not_there_is_detached_and_resized_in_peace_and_no_guest_gets_nothing()
    {
        var (driver, id, volume) = (NewDriver(), await NewGuestAsync(), await NewVolumeAsync());
        foreach (var server in (ServerId[])[id, NewId()])
        {
            await Volumes(driver).DetachVolumeAsync(server, volume.Attachment, Ct);
            await Volumes(driver).ResizeVolumeAsync(server, volume.Attachment, 1L << 31, Ct);
        }
        await RefusesAsync(FaultCode.NotFound, () => Volumes(driver).AttachVolumeAsync(NewId(), volume, Ct));
    }

    [Fact]
    public async Task A_guest_that_is_off_has_its_volumes_when_it_is_started_again()
    {
        var (driver, id) = (NewDriver(), await NewGuestAsync());
        GuestVolume[] volumes = [await NewVolumeAsync(), await NewVolumeAsync()];
        await Volumes(driver).AttachVolumeAsync(id, volumes[0], Ct);
        await driver.StopGuestAsync(id, AtOnce, Ct);
        Assert.Equal("/dev/vdc", await Volumes(driver).AttachVolumeAsync(id, volumes[1], Ct));
        await Volumes(driver).ResizeVolumeAsync(id, volumes[1].Attachment, 1L << 31, Ct);
        await NewDriver().StartGuestAsync(id, Ct);
        Assert.Equivalent(volumes.Select(volume => volume.Attachment), await DisksAsync(id), strict: true);
        await driver.StopGuestAsync(id, AtOnce, Ct);
        await Volumes(driver).DetachVolumeAsync(id, volumes[0].Attachment, Ct);
        await driver.StartGuestAsync(id, Ct);
        Assert.Equal([volumes[1].Attachment], await DisksAsync(id));
    }

    [Fact]
    public async Task Ensuring_a_guest_that_is_off_keeps_what_it_was_given_since()
    {
        var (driver, spec) = (NewDriver(), await NewSpecAsync());
        GuestVolume[] volumes = [await NewVolumeAsync(), await NewVolumeAsync()];
        spec = spec with { Volumes = [volumes[0]] };
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal([volumes[0].Attachment], await DisksAsync(spec.Id));
        await Volumes(driver).AttachVolumeAsync(spec.Id, volumes[1], Ct);
        await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Equivalent(volumes.Select(volume => volume.Attachment), await DisksAsync(spec.Id), strict: true);
    }

    [Fact]
    public async Task Names_are_those_that_are_asked_for_or_the_next_that_are_free()
    {
        var (driver, spec) = (NewDriver(), await NewSpecAsync());
        GuestVolume[] volumes = [await NewVolumeAsync(), await NewVolumeAsync(), await NewVolumeAsync()];
        await driver.EnsureGuestAsync(spec, Ct); // its config drive is /dev/vdb
        Assert.Equal("/dev/vdd", await AttachAsync(volumes[0] with { Device = "/dev/vdd" }));
        Assert.Equal("/dev/vdc", await AttachAsync(volumes[1]));
        foreach (var taken in (string[])["/dev/vda", "/dev/vdb", "/dev/vdd"])
            await RefusesAsync(FaultCode.Conflict, () => AttachAsync(volumes[2] with { Device = taken }));
        Assert.Equal("/dev/vde", await AttachAsync(volumes[2]));
        await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
        await Volumes(driver).DetachVolumeAsync(spec.Id, volumes[1].Attachment, Ct);
        Assert.Equal("/dev/vdc", await AttachAsync(await NewVolumeAsync()));

        Task<string> AttachAsync(GuestVolume volume) => Volumes(driver).AttachVolumeAsync(spec.Id, volume, Ct);
    }

    [Fact]
    public async Task A_guest_boots_from_a_volume()
    {
        var (driver, boot, data) = (NewDriver(), await NewBootVolumeAsync(), await NewVolumeAsync());
        var spec = await NewSpecAsync() with { RootDisk = null, Volumes = [data, boot with { BootIndex = 0 }] };
        await driver.EnsureGuestAsync(spec, Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Length > 0,
            "the guest writes to its console"
        );
        Assert.Equal(2, (await DisksAsync(spec.Id)).Count);
        Assert.Equal("/dev/vda", await Volumes(driver).AttachVolumeAsync(spec.Id, boot, Ct));
        Assert.Equal("/dev/vdc", await Volumes(driver).AttachVolumeAsync(spec.Id, data, Ct));
    }

    [Fact]
    public async Task A_guest_has_one_disk_to_boot_from()
    {
        var (driver, spec, volume) = (NewDriver(), await NewSpecAsync(), await NewVolumeAsync());
        var boot = volume with { BootIndex = 0 };
        GuestSpec[] bad =
        [
            spec with
            {
                RootDisk = null,
            },
            spec with
            {
                RootDisk = null,
                Volumes = [volume],
            },
            spec with
            {
                Volumes = [boot],
            },
        ];
        foreach (var wrong in bad)
            await RefusesAsync(FaultCode.BadRequest, () => driver.EnsureGuestAsync(wrong, Ct));
        Assert.Empty(await ListAsync(driver));
    }

    [Fact]
    public async Task Bad_volumes_are_refused_and_nothing_is_kept_of_them()
    {
        var (driver, id, good) = (NewDriver(), await NewGuestAsync(), await NewVolumeAsync());
        GuestVolume[] bad =
        [
            good with
            {
                Device = "/dev/vdb,serial=x",
            },
            good with
            {
                Device = "vdb",
            },
            good with
            {
                BootIndex = -1,
            },
            good with
            {
                Limits = new Dictionary<string, long> { ["total_iops_sec"] = 0 },
            },
            good with
            {
                Limits = new Dictionary<string, long> { ["total_smiles_sec"] = 5 },
            },
        ];
        foreach (var volume in bad)
            await RefusesAsync(
                FaultCode.BadRequest,
                () => Volumes(driver).AttachVolumeAsync(id, volume with { Attachment = NewAttachment() }, Ct)
            );
        Assert.Empty(await DisksAsync(id));
        Assert.Equal("/dev/vdb", await Volumes(driver).AttachVolumeAsync(id, good, Ct));
    }

    [Fact]
    public async Task Another_clouds_guest_is_given_nothing_and_loses_nothing()
    {
        var (theirs, id, volume) = (DriverOf("cloud-b"), await NewGuestAsync(), await NewVolumeAsync());
        await RefusesAsync(FaultCode.NotFound, () => Volumes(theirs).AttachVolumeAsync(id, volume, Ct));
        await Volumes(NewDriver()).AttachVolumeAsync(id, volume, Ct);
        await Volumes(theirs).DetachVolumeAsync(id, volume.Attachment, Ct);
        Assert.Equal([volume.Attachment], await DisksAsync(id));
    }

    [Fact]
    public async Task A_destroyed_guest_leaves_its_volumes_to_others()
    {
        var (driver, first, volume) = (NewDriver(), await NewGuestAsync(), await NewVolumeAsync());
        await Volumes(driver).AttachVolumeAsync(first, volume, Ct);
        await driver.DestroyGuestAsync(first, Ct);
        await Volumes(driver).DetachVolumeAsync(first, volume.Attachment, Ct);
        var second = await NewGuestAsync();
        await Volumes(driver).AttachVolumeAsync(second, volume with { Attachment = NewAttachment() }, Ct);
        Assert.Single(await DisksAsync(second));
    }

    protected static IGuestVolumes Volumes(IHypervisorDriver driver) => (IGuestVolumes)driver;

    protected static AttachmentId NewAttachment() => new(Guid.NewGuid());

    protected static GuestVolume NewVolume(VolumeConnection connection) =>
        new(NewAttachment(), new VolumeId(Guid.NewGuid()), connection, IsReadOnly: false, Device: null);

    /// <summary>A guest that runs, and is far enough to let go of disks.</summary>
    protected async Task<ServerId> NewGuestAsync()
    {
        var (driver, spec) = (NewDriver(), await NewSpecAsync() with { ConfigDrive = null });
        await driver.EnsureGuestAsync(spec, Ct);
        await Eventually.IsTrueAsync(
            async () => (await driver.ReadConsoleAsync(spec.Id, Ct)).Length > 0,
            "the guest writes to its console"
        );
        return spec.Id;
    }
}
