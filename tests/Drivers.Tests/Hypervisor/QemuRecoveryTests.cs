using System.Diagnostics;
using System.Globalization;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>What an agent finds that was killed, or whose host was.</summary>
public sealed class QemuRecoveryTests : IAsyncDisposable
{
    private const string Cloud = "cloud-a";
    private readonly QemuHost _host = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string> HalfMade => ["nothing", "no definition", "half a definition", "leftovers"];

    [Theory, MemberData(nameof(HalfMade))]
    public async Task What_a_killed_agent_left_half_made_converges(string left)
    {
        var spec = await NewSpecAsync();
        await LeaveAsync(left, _host.Folder(spec.Id));
        Assert.Equal([new GuestStatus(spec.Id, GuestState.Off)], await ListAsync());
        Assert.Equal(GuestState.Running, (await Driver.EnsureGuestAsync(spec, Ct)).State);
        Assert.Equal([new GuestStatus(spec.Id, GuestState.Running)], await ListAsync());
    }

    [Theory, MemberData(nameof(HalfMade))]
    public async Task What_a_killed_agent_left_half_made_can_be_destroyed(string left)
    {
        var id = new ServerId(Guid.NewGuid());
        await LeaveAsync(left, _host.Folder(id));
        await Driver.DestroyGuestAsync(id, Ct);
        Assert.False(_host.Folder(id).Exists);
    }

    [Fact]
    public async Task A_guest_whose_process_was_killed_is_off_and_runs_again()
    {
        var spec = await RunningAsync();
        var folder = _host.Folder(spec.Id);
        await KillAsync(folder);
        Assert.Equal(GuestState.Off, Assert.Single(await ListAsync()).State);
        Assert.True(File.Exists(folder.PidFile), "its pid file and sockets are still there");
        Assert.Equal(GuestState.Running, (await Driver.StartGuestAsync(spec.Id, Ct)).State);
    }

    [Fact]
    public async Task A_pid_that_is_used_again_is_not_the_guest_and_is_never_killed()
    {
        var spec = await RunningAsync();
        var folder = _host.Folder(spec.Id);
        await KillAsync(folder);
        using var bystander = Process.Start("sleep", "600");
        try
        {
            await File.WriteAllTextAsync(folder.PidFile, bystander.Id.ToString(CultureInfo.InvariantCulture), Ct);
            Assert.Equal(GuestState.Off, Assert.Single(await ListAsync()).State);
            Assert.Equal(GuestState.Off, (await Driver.StopGuestAsync(spec.Id, TimeSpan.Zero, Ct)).State);
            await File.WriteAllTextAsync(folder.PidFile, bystander.Id.ToString(CultureInfo.InvariantCulture), Ct);
            Assert.Equal(GuestState.Running, (await Driver.EnsureGuestAsync(spec, Ct)).State);
            await File.WriteAllTextAsync(folder.PidFile, bystander.Id.ToString(CultureInfo.InvariantCulture), Ct);
            await Driver.DestroyGuestAsync(spec.Id, Ct);
            Assert.False(bystander.HasExited);
        }
        finally
        {
            bystander.Kill();
        }
    }

    [Fact]
    public async Task A_guest_that_lost_its_pid_file_is_found_and_destroyed()
    {
        var spec = await RunningAsync();
        var folder = _host.Folder(spec.Id);
        var pid = QemuHost.PidOf(folder.Path);
        File.Delete(folder.PidFile);
        Assert.Equal(GuestState.Running, Assert.Single(await ListAsync()).State);
        await Driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal(pid, QemuHost.PidOf(folder.Path));
        await Driver.DestroyGuestAsync(spec.Id, Ct);
        Assert.False(GuestProcesses.IsAlive(folder));
    }

    [Fact]
    public async Task A_guest_without_a_definition_is_left_running_and_can_be_destroyed()
    {
        var spec = await RunningAsync();
        var folder = _host.Folder(spec.Id);
        File.Delete(folder.Definition);
        Assert.Equal(GuestState.Running, (await Driver.EnsureGuestAsync(spec, Ct)).State);
        await Driver.DestroyGuestAsync(spec.Id, Ct);
        Assert.False(GuestProcesses.IsAlive(folder));
    }

    [Fact]
    public async Task Guests_outlive_an_agent_that_is_killed_with_its_process_group()
    {
        var spec = await NewSpecAsync();
        var folder = _host.Folder(spec.Id);
        using var agent = QemuAgent.Start(_host.DataDir, spec);
        await Eventually.IsTrueAsync(() => HasBootedAsync(folder), "the agent's guest is up");
        await KillGroupAsync(agent);
        Assert.Equal([new GuestStatus(spec.Id, GuestState.Running)], await ListAsync());
        var pid = QemuHost.PidOf(folder.Path);
        Assert.NotEqual($"{agent.Id}", (await File.ReadAllTextAsync($"/proc/{pid}/stat", Ct)).Split(' ')[5]);
        await Driver.EnsureGuestAsync(spec, Ct);
        Assert.Equal(pid, QemuHost.PidOf(folder.Path));
    }

    [Theory, InlineData("folder"), InlineData("process"), InlineData("socket")]
    public async Task An_agent_killed_while_its_guest_starts_leaves_what_the_next_one_makes_whole(string seen)
    {
        var spec = await NewSpecAsync();
        var folder = _host.Folder(spec.Id);
        using var agent = QemuAgent.Start(_host.DataDir, spec);
        await Eventually.IsTrueAsync(() => Task.FromResult(IsThere(seen, folder)), $"its {seen} is there");
        await KillGroupAsync(agent);
        Assert.Equal(GuestState.Running, (await Driver.EnsureGuestAsync(spec, Ct)).State);
        await Eventually.IsTrueAsync(() => HasBootedAsync(folder), "the guest is up");
        Assert.True(QemuHost.PidOf(folder.Path) > 0);
        await Driver.DestroyGuestAsync(spec.Id, Ct);
        Assert.Empty(await ListAsync());
    }

    private QemuDriver Driver => QemuHost.Driver(_host.Options(Cloud));

    private static async Task KillGroupAsync(Process agent)
    {
        using var kill = Process.Start("kill", ["-9", "--", $"-{agent.Id}"]);
        await kill.WaitForExitAsync(Ct);
        await agent.WaitForExitAsync(Ct);
    }

    private static bool IsThere(string what, GuestFolder folder) =>
        what switch
        {
            "folder" => folder.Exists,
            "process" => GuestProcesses.IsAlive(folder),
            _ => File.Exists(folder.QmpSocket),
        };

    private static async Task<bool> HasBootedAsync(GuestFolder folder) =>
        File.Exists(folder.Console) && (await File.ReadAllTextAsync(folder.Console, Ct)).Contains("guest is up");

    private static async Task LeaveAsync(string what, GuestFolder folder)
    {
        Directory.CreateDirectory(folder.Path);
        if (what == "half a definition")
            await File.WriteAllTextAsync(folder.Definition, "{\"Id\":", Ct);
        if (what is "no definition" or "leftovers")
            await File.WriteAllTextAsync(folder.ConfigDrive + ".new", "half an image", Ct);
        if (what == "leftovers")
            foreach (var name in (string[])[folder.QmpSocket, folder.SerialSocket, folder.AgentSocket, folder.PidFile])
                await File.WriteAllTextAsync(name, "4194304", Ct);
    }

    private static async Task KillAsync(GuestFolder folder)
    {
        using var process = Process.GetProcessById(QemuHost.PidOf(folder.Path));
        process.Kill();
        await Eventually.IsTrueAsync(() => Task.FromResult(!GuestProcesses.IsAlive(folder)), "the process is gone");
    }

    private async Task<GuestSpec> RunningAsync()
    {
        var spec = await NewSpecAsync();
        await Driver.EnsureGuestAsync(spec, Ct);
        return spec;
    }

    private async Task<GuestSpec> NewSpecAsync() => Spec(new ServerId(Guid.NewGuid()), await _host.NewBootDiskAsync());

    internal static GuestSpec Spec(ServerId id, string disk) =>
        new(id, Cloud, "vm", 1, 32, disk, [], ConfigDrive: null);

    private async Task<List<GuestStatus>> ListAsync()
    {
        var guests = new List<GuestStatus>();
        await foreach (var guest in Driver.ListGuestsAsync(Ct))
            guests.Add(guest);
        return guests;
    }
}
