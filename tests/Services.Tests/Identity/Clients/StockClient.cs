using System.Diagnostics;
using Pipeline.Testing;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Identity.Clients;

/// <summary>The openstack CLI as Debian ships it, against a cloud on real sockets; all commands in one process.</summary>
internal static class StockClient
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs the commands of a file as the cloud's admin.</summary>
    /// <param name="commands">As `Network/Clients/commands.txt`, in this suite's folder.</param>
    public static async Task SucceedAsync(WholeCloud cloud, string commands)
    {
        var suite = Path.Combine(Repository.Root, "tests", "Services.Tests");
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList = { Path.Combine(suite, "Identity", "Clients", "commands.py"), Path.Combine(suite, commands) },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OS_")).ToList())
            start.Environment.Remove(name);
        start.Environment["OS_AUTH_URL"] = $"{cloud.Host.Api}identity";
        start.Environment["OS_IDENTITY_API_VERSION"] = "3";
        start.Environment["OS_USERNAME"] = "admin";
        start.Environment["OS_PASSWORD"] = cloud.World.Passwords.Admin;
        start.Environment["OS_USER_DOMAIN_ID"] = "default";
        start.Environment["OS_PROJECT_NAME"] = "admin";
        start.Environment["OS_PROJECT_DOMAIN_ID"] = "default";
        start.Environment["OS_REGION_NAME"] = "RegionOne";
        var (status, said) = await RunAsync(start);
        Assert.True(status == 0, said);
    }

    private static async Task<(int Status, string Said)> RunAsync(ProcessStartInfo start)
    {
        using var deadline = new CancellationTokenSource(Longest, MachineTime.Clock);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token,
            TestContext.Current.CancellationToken
        );
        using var process = Process.Start(start)!;
        try
        {
            var (said, wrong) = (
                process.StandardOutput.ReadToEndAsync(late.Token),
                process.StandardError.ReadToEndAsync(late.Token)
            );
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await said + await wrong);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
