using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pipeline.Testing;
using Pipeline.Testing.Edge;

namespace Pipeline.Cloud.Tests.Processes;

/// <summary>
/// A functions host and an agent with fake metal as processes, in a folder and on ports of their own, used by the commands
/// in infra/. All of it ends with the test.
/// </summary>
internal sealed class ProcessCloud : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipeline-processes-");
    private readonly List<Process> started = [];
    private readonly int port = FreePort();
    private readonly int management = FreePort();

    public string Data => folder.FullName;

    private string Url => $"http://127.0.0.1:{port}";

    /// <summary>Serves when this returns.</summary>
    public async Task<Process> StartFunctionsAsync(CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "cloud.env"), $"PIPELINE_URL='{Url}'\n", ct);
        string[] arguments =
        [
            .. (string[])["--root", Repository.Root, "--data", Data, "--queue", "database"],
            .. (string[])["--port", $"{port}", "--management-port", $"{management}"],
        ];
        var process = Start(Built("functions/Host", "Pipeline.Functions"), arguments);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
        using var client = new HttpClient();
        await UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await client.GetAsync($"http://127.0.0.1:{management}/readyz", ct);
                    return answer.StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException) when (!process.HasExited)
                {
                    return false;
                }
            },
            ct
        );
        return process;
    }

    /// <summary>An agent of the host `metal`, which is up when this returns.</summary>
    public async Task<Process> StartAgentAsync(CancellationToken ct)
    {
        var home = Directory.CreateDirectory(Path.Combine(Data, "metal")).FullName;
        var token = Path.Combine(home, "token");
        if (!File.Exists(token))
            await File.WriteAllTextAsync(token, await CommandAsync("join-token", ct), ct);
        string[] arguments = ["--data", home, "--url", Url, "--name", "metal", "--token-file", token, "--fake"];
        var process = Start(Built("workers/Agent", "Pipeline.Agent"), arguments);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
        await UntilAsync(async () => await EndAsync(Node("hosts", "--up", "metal"), ct) == 0, ct);
        return process;
    }

    /// <summary>One of infra's commands, to its end; what it wrote.</summary>
    public async Task<string> CommandAsync(string name, CancellationToken ct)
    {
        var command = Node(name);
        var text = await command.StandardOutput.ReadToEndAsync(ct);
        return await EndAsync(command, ct) == 0 ? text : throw new InvalidOperationException($"{name} failed: {text}");
    }

    /// <summary>One of infra's commands, on its way.</summary>
    public Process Node(string name, params string[] more) =>
        Start("node", [Path.Combine(Repository.Root, "infra/lib", $"{name}.mjs"), Data, .. more]);

    /// <summary>JavaScript with infra's own client at hand, as `demo`.</summary>
    public async Task ScriptAsync(string script, CancellationToken ct)
    {
        var client = new Uri(Path.Combine(Repository.Root, "infra/lib/cloud.mjs"));
        var begin = $"import {{ Cloud }} from '{client}'; const demo = await Cloud.login('{Data}', 'demo');";
        var process = Start("node", ["--input-type=module", "-e", begin + script]);
        Assert.Equal(0, await EndAsync(process, ct));
    }

    public static async Task<int> EndAsync(Process process, CancellationToken ct)
    {
        await process.WaitForExitAsync(ct).WaitAsync(Bound, MachineTime.Clock, ct);
        return process.ExitCode;
    }

    /// <summary>As by kill -9.</summary>
    public static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in started.Where(p => !p.HasExited))
            await KillAsync(process);
        started.ForEach(process => process.Dispose());
        folder.Delete(recursive: true);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        var last = MachineTime.Clock.GetUtcNow() + Bound;
        while (!await condition())
        {
            Assert.True(MachineTime.Clock.GetUtcNow() < last, "it did not come to that");
            await Task.Delay(TimeSpan.FromMilliseconds(100), MachineTime.Clock, ct);
        }
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Data,
        };
        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    /// <summary>A program as it was built with these tests: with its own runtime settings, which theirs are not.</summary>
    private static string Built(string project, string program)
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, project, "bin", tests.Parent!.Name, tests.Name, program);
    }

    /// <summary>Free a moment ago: the process that gets it listens at once.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
