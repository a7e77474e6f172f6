using System.Diagnostics;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>An agent that is a process of its own, with its own process group, so that a test can kill it.</summary>
public sealed class QemuAgent
{
    private const string Order = "PIPELINE_TEST_AGENT"; // data folder, server id and root disk

    public static Process Start(string dataDir, GuestSpec spec)
    {
        var method = $"{typeof(QemuAgent).FullName}.{nameof(Ensures_its_guest_and_waits_to_be_killed)}";
        var start = new ProcessStartInfo("setsid", [Environment.ProcessPath!, "-explicit", "only", "-method", method])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Order] = $"{dataDir}|{spec.Id}|{spec.RootDisk}";
        return Process.Start(start)!;
    }

    [Fact(Explicit = true)]
    public async Task Ensures_its_guest_and_waits_to_be_killed()
    {
        if (Environment.GetEnvironmentVariable(Order)?.Split('|') is not [var data, var id, var disk])
            return;
        var spec = QemuRecoveryTests.Spec(new ServerId(Guid.Parse(id)), disk);
        var driver = QemuHost.Driver(new(data, spec.Cloud) { Accelerator = "tcg" });
        await driver.EnsureGuestAsync(spec, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
