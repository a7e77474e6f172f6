using System.Diagnostics;
using Pipeline.Testing;
using Pipeline.Testing.Edge;

namespace Pipeline.Cloud.Tests;

/// <summary>Agents as processes, that share a folder by mistake: an operator starts one by hand beside the other.</summary>
public sealed class A_host_has_one_agent
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_second_one_says_so_and_ends_and_after_a_kill_the_next_one_stays()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("pipeline-agents-");
        List<Process> agents = [];
        try
        {
            for (var i = 0; i < 2; i++)
                agents.Add(Start(folder.FullName));
            var ended = await Task.WhenAny(agents.Select(agent => agent.WaitForExitAsync(ct)))
                .WaitAsync(Bound, MachineTime.Clock, ct);
            await ended;
            var second = agents.Find(agent => agent.HasExited)!;
            Assert.Equal(2, second.ExitCode);
            Assert.Contains("a host has one agent", await second.StandardError.ReadToEndAsync(ct));
            var first = agents.Single(agent => agent != second);
            Assert.False(first.HasExited);
            first.Kill();
            var next = Start(folder.FullName);
            agents.Add(next);
            Assert.Contains(
                "cannot join yet",
                await next.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(Bound, MachineTime.Clock, ct)
            );
        }
        finally
        {
            foreach (var agent in agents)
            {
                if (!agent.HasExited)
                    agent.Kill();
                await agent.WaitForExitAsync(CancellationToken.None);
                agent.Dispose();
            }
            folder.Delete(recursive: true);
        }
    }

    private static Process Start(string folder)
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(
            Repository.Root,
            "workers/Agent/bin",
            tests.Parent!.Name,
            tests.Name,
            "Pipeline.Agent"
        );
        // Nobody serves there: an agent that has the folder to itself goes on asking.
        string[] arguments =
        [
            .. (string[])["--data", Path.Combine(folder, "host"), "--url", "http://127.0.0.1:9", "--name", "metal"],
            .. (string[])["--token-file", Path.Combine(folder, "token"), "--fake"],
        ];
        File.WriteAllText(Path.Combine(folder, "token"), "any");
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
