using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>What every hypervisor driver promises; the fake passes it too.</summary>
public abstract class HypervisorDriverContract
{
    protected const string Cloud = "cloud-a";
    protected static readonly TimeSpan AtOnce = TimeSpan.Zero;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A driver as a new agent on the same host makes it.</summary>
    protected abstract IHypervisorDriver DriverOf(string cloud);

    /// <summary>A disk from which a guest boots that writes to its console.</summary>
    protected abstract Task<string> NewRootDiskAsync();

    [Fact]
    public async Task An_ensured_guest_runs()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        Assert.Equal(new GuestStatus(spec.Id, GuestState.Running), await driver.EnsureGuestAsync(spec, Ct));
        Assert.Equal([new GuestStatus(spec.Id, GuestState.Running)], await ListAsync(driver));
    }

    [Fact]
    public async Task Ensuring_twice_ends_where_once_ends()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal(GuestState.Running, (await driver.EnsureGuestAsync(spec, Ct)).State);
        Assert.Single(await ListAsync(driver));
    }

    [Fact]
    public async Task Destroying_a_guest_that_is_not_there_is_success()
    {
        var driver = NewDriver();
        await driver.DestroyGuestAsync(NewId(), Ct);
        Assert.Empty(await ListAsync(driver));
    }

    [Fact]
    public async Task A_destroyed_guest_is_gone()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        await driver.DestroyGuestAsync(spec.Id, Ct);
        await driver.DestroyGuestAsync(spec.Id, Ct);
        Assert.Empty(await ListAsync(driver));
        await RefusesAsync(FaultCode.NotFound, () => driver.StartGuestAsync(spec.Id, Ct));
    }

    [Fact]
    public async Task A_new_agent_finds_the_guests_of_the_old_one()
    {
        var (running, off) = (await NewSpecAsync(), await NewSpecAsync());
        var old = NewDriver();
        await old.EnsureGuestAsync(running, Ct);
        await old.EnsureGuestAsync(off, Ct);
        await old.StopGuestAsync(off.Id, AtOnce, Ct);
        var found = (await ListAsync(NewDriver())).ToDictionary(guest => guest.Id, guest => guest.State);
        Assert.Equal(GuestState.Running, found[running.Id]);
        Assert.Equal(GuestState.Off, found[off.Id]);
    }

    [Fact]
    public async Task A_stopped_guest_is_off_until_it_is_started()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal(GuestState.Off, (await driver.StopGuestAsync(spec.Id, AtOnce, Ct)).State);
        Assert.Equal(GuestState.Off, (await driver.StopGuestAsync(spec.Id, AtOnce, Ct)).State);
        Assert.Equal(GuestState.Off, Assert.Single(await ListAsync(driver)).State);
        Assert.Equal(GuestState.Running, (await NewDriver().StartGuestAsync(spec.Id, Ct)).State);
        Assert.Equal(GuestState.Running, (await driver.StartGuestAsync(spec.Id, Ct)).State);
        Assert.Equal(GuestState.Running, Assert.Single(await ListAsync(driver)).State);
    }

    [Fact]
    public async Task Ensuring_a_guest_that_is_off_runs_it()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
        Assert.Equal(GuestState.Running, (await driver.EnsureGuestAsync(spec, Ct)).State);
    }

    [Fact]
    public async Task A_guest_that_is_not_defined_is_not_found()
    {
        var driver = NewDriver();
        await RefusesAsync(FaultCode.NotFound, () => driver.StartGuestAsync(NewId(), Ct));
        await RefusesAsync(FaultCode.NotFound, () => driver.StopGuestAsync(NewId(), AtOnce, Ct));
        await RefusesAsync(FaultCode.NotFound, () => driver.ReadConsoleAsync(NewId(), Ct));
    }

    [Fact]
    public async Task Bad_specs_are_refused_and_nothing_is_made()
    {
        var driver = NewDriver();
        var good = await NewSpecAsync();
        var nic = NewNic();
        GuestSpec[] bad =
        [
            good with
            {
                Cloud = "cloud-b",
            },
            good with
            {
                Vcpus = 0,
            },
            good with
            {
                MemoryMib = 0,
            },
            good with
            {
                RootDisk = "root.qcow2",
            },
            good with
            {
                Nics = [nic with { Mac = "fa:16:3e:00:01" }],
            },
            good with
            {
                Nics = [nic with { Mac = "fa:16:3e:00:00:01,romfile=/etc/shadow" }],
            },
            good with
            {
                Nics = [nic with { Device = "tap0,script=/bin/sh" }],
            },
            good with
            {
                Nics = [nic with { Mtu = 10 }],
            },
            good with
            {
                ConfigDrive = new Dictionary<string, byte[]> { ["../secret"] = [] },
            },
            good with
            {
                ConfigDrive = new Dictionary<string, byte[]> { ["/etc/passwd"] = [] },
            },
        ];
        foreach (var spec in bad)
            await RefusesAsync(FaultCode.BadRequest, () => driver.EnsureGuestAsync(spec, Ct));
        Assert.Empty(await ListAsync(driver));
    }

    [Fact]
    public async Task Another_clouds_guests_are_neither_listed_nor_touched()
    {
        var (ours, theirs) = (NewDriver(), DriverOf("cloud-b"));
        var spec = await NewSpecAsync();
        await ours.EnsureGuestAsync(spec, Ct);
        Assert.Empty(await ListAsync(theirs));
        await theirs.DestroyGuestAsync(spec.Id, Ct);
        await RefusesAsync(FaultCode.NotFound, () => theirs.StopGuestAsync(spec.Id, AtOnce, Ct));
        await RefusesAsync(FaultCode.NotFound, () => theirs.StartGuestAsync(spec.Id, Ct));
        await RefusesAsync(FaultCode.NotFound, () => theirs.ReadConsoleAsync(spec.Id, Ct));
        await RefusesAsync(FaultCode.Conflict, () => theirs.EnsureGuestAsync(spec with { Cloud = "cloud-b" }, Ct));
        Assert.Equal(GuestState.Running, Assert.Single(await ListAsync(ours)).State);
    }

    [Fact]
    public async Task The_console_tells_what_the_guest_wrote_since_it_was_made()
    {
        var driver = NewDriver();
        var spec = await NewSpecAsync();
        await driver.EnsureGuestAsync(spec, Ct);
        await Eventually.IsTrueAsync(async () => (await ReadAsync()).Length > 0, "the guest writes to its console");
        var first = await ReadAsync();
        await driver.StopGuestAsync(spec.Id, AtOnce, Ct);
        Assert.StartsWith(first, await ReadAsync());
        await driver.StartGuestAsync(spec.Id, Ct);
        await Eventually.IsTrueAsync(async () => (await ReadAsync()).Length > first.Length, "it writes again");
        Assert.StartsWith(first, await ReadAsync());

        Task<string> ReadAsync() => driver.ReadConsoleAsync(spec.Id, Ct);
    }

    [Fact]
    public async Task The_driver_says_that_it_can_work_here()
    {
        var report = await NewDriver().ProbeAsync(Ct);
        Assert.True(report.Ready, report.Problem);
        Assert.Null(report.Problem);
        Assert.Equal(DriverContract.Current, NewDriver().Contract);
    }

    protected IHypervisorDriver NewDriver() => DriverOf(Cloud);

    protected async Task<GuestSpec> NewSpecAsync() =>
        new(
            NewId(),
            Cloud,
            "a name, with = signs",
            Vcpus: 1,
            MemoryMib: 32,
            await NewRootDiskAsync(),
            [NewNic()],
            new Dictionary<string, byte[]> { ["openstack/latest/user_data"] = Encoding.UTF8.GetBytes("a secret") }
        );

    protected static ServerId NewId() => new(Guid.NewGuid());

    protected static GuestNic NewNic() => new(new PortId(Guid.NewGuid()), "fa:16:3e:00:00:01", Device: null, Mtu: 1450);

    protected static async Task<List<GuestStatus>> ListAsync(IHypervisorDriver driver)
    {
        var guests = new List<GuestStatus>();
        await foreach (var guest in driver.ListGuestsAsync(Ct))
            guests.Add(guest);
        return guests;
    }

    protected static async Task<Fault> RefusesAsync(FaultCode code, Func<Task> action)
    {
        var fault = await Assert.ThrowsAsync<Fault>(action);
        Assert.Equal(code, fault.Code);
        return fault;
    }
}
