using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Pipeline.Data;
using Pipeline.Durable.Tests.Code;
using Pipeline.Durable.Tests.Worlds;
using Pipeline.Testing.Edge;

namespace Pipeline.Durable.Tests.Processes;

/// <summary>
/// A functions host in a process of its own, on a PostgreSQL database or alone on a SQLite file, which tests kill and stop by
/// its id. It starts an errand for each line it reads, and ends with its input.
/// </summary>
internal sealed partial class FunctionsProcess : IAsyncDisposable
{
    public const string Argument = "--functions-host";
    private const int Kill = 9;
    private const int Continue = 18;
    private const int Stop = 19;
    private readonly Channel<string> heard = Channel.CreateUnbounded<string>();
    private readonly Process process;
    private bool ended;

    private FunctionsProcess(Process process) => this.process = process;

    public string Name { get; private init; } = "";

    /// <summary>Starts one and waits until it may work.</summary>
    /// <param name="store">A PostgreSQL URL, or a file of which the process is the only user.</param>
    public static async Task<FunctionsProcess> StartAsync(
        string store,
        string name,
        TimeSpan lease,
        CancellationToken ct
    )
    {
        string[] arguments = [Argument, store, name, $"{lease.TotalMilliseconds}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var self = new FunctionsProcess(new Process { StartInfo = start }) { Name = name };
        self.process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                self.heard.Writer.TryComplete();
            else
                self.heard.Writer.TryWrite(line.Data);
        };
        self.process.Start();
        self.process.BeginOutputReadLine();
        try
        {
            await self.HearAsync("ready", ct);
            return self;
        }
        catch
        {
            await self.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts errands; returns when all of them are on disk.</summary>
    public async Task OrderAsync(IReadOnlyList<string> errands, CancellationToken ct)
    {
        foreach (var errand in errands)
            await process.StandardInput.WriteLineAsync(errand);
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync(ct);
        await HearAsync("ordered", ct);
    }

    /// <summary>SIGSTOP: the process stands still, wherever it is.</summary>
    public void Pause() => Signal(Stop);

    public void Resume() => Signal(Continue);

    public async ValueTask DisposeAsync()
    {
        if (ended)
            return;
        ended = true;
        if (!process.HasExited)
            Signal(Kill);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>What the child does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var shared = args[0].StartsWith("postgres:", StringComparison.Ordinal);
        using var commits = new ThreadCommitLoop();
        using var store = shared
            ? Database.Connect(args[0], MachineTime.Clock, Randomness.Secure())
            : Database.Open(args[0], MachineTime.Clock, commits);
        await using var world = new World(store, MachineTime.Clock, null)
        {
            Name = $"{args[1]}-{Environment.ProcessId}",
            Lease = shared ? TimeSpan.FromMilliseconds(double.Parse(args[2])) : null,
            Options = new(16, 8),
        };
        var host = world.Start();
        await world.UntilAsync(() => Task.FromResult(host.Parts.Owner is not null));
        await Console.Out.WriteLineAsync("ready");
        var orders = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                orders.Add(world.OrderAsync(new Errand(line, TimeSpan.FromMilliseconds(300)), line));
                continue;
            }
            await Task.WhenAll(orders);
            await Console.Out.WriteLineAsync("ordered");
        }
        return 0;
    }

    private async Task HearAsync(string word, CancellationToken ct)
    {
        var bound = TimeSpan.FromSeconds(60);
        while (await heard.Reader.ReadAsync(ct).AsTask().WaitAsync(bound, MachineTime.Clock, ct) != word) { }
    }

    private void Signal(int signal)
    {
        if (Send(process.Id, signal) != 0)
            throw new InvalidOperationException($"signal {signal} did not reach {Name}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
