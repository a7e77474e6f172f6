using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Drivers;

/// <summary>One program to run. Secrets go through <paramref name="Input"/>, never through the arguments.</summary>
/// <param name="Program">A name looked up in PATH, or a path.</param>
/// <param name="Arguments">Passed as they are: no shell reads them.</param>
/// <param name="Input">Written to standard input, which is then closed.</param>
/// <param name="Limit">The longest it may take; null for <see cref="Command.DefaultLimit"/>.</param>
public sealed record Invocation(
    string Program,
    IReadOnlyList<string> Arguments,
    string? Input = null,
    TimeSpan? Limit = null
)
{
    /// <summary>What its span is called, where the program only runs another.</summary>
    public string? Name { get; init; }

    /// <summary>Told each piece of its output as it comes, for programs that say how far they are.</summary>
    public Action<string>? Heard { get; init; }

    public override string ToString() => Program;
}

/// <summary>How a program ended, with what it said.</summary>
public sealed record CommandOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>The end of what the program complained about, fit for a fault.</summary>
    public string LastWords
    {
        get
        {
            var words = string.Join("; ", (Error.Trim().Length > 0 ? Error : Output).Split('\n', Trimmed));
            return words.Length > 600 ? "…" + words[^600..] : words;
        }
    }

    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
}

/// <summary>
/// Runs a driver's programs, each bounded in time and output and each a span of the trace. A program dies with the
/// agent, so that nothing of an interrupted step runs on beside its redelivery; what daemonises itself outlives it.
/// </summary>
public sealed class Command(TimeProvider time)
{
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);
    public static readonly ActivitySource Source = new("Pipeline.Drivers");

    private const int OutputLimit = 16 * 1024 * 1024;
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Runs the program to its end and returns what it wrote to standard output.</summary>
    /// <exception cref="Fault">DriverFailed with the program's own last words; DiskFull; Timeout.</exception>
    public async Task<string> RunAsync(Invocation invocation, CancellationToken ct)
    {
        var outcome = await TryAsync(invocation, ct);
        return outcome.ExitCode == 0 ? outcome.Output : throw FaultOf(invocation.Program, outcome);
    }

    /// <summary>As <see cref="RunAsync"/>, for callers to whom an exit code is an answer.</summary>
    /// <exception cref="Fault">DriverFailed when the program is not installed; Timeout.</exception>
    public async Task<CommandOutcome> TryAsync(Invocation invocation, CancellationToken ct)
    {
        using var activity = Source.StartActivity(
            invocation.Name ?? Path.GetFileName(invocation.Program),
            ActivityKind.Client
        );
        activity?.SetTag("command.arguments", invocation.Arguments.Count);
        activity?.SetTag("command.input", invocation.Input?.Length ?? 0);
        try
        {
            var outcome = await RunToEndAsync(invocation, ct);
            activity?.SetTag("process.exit.code", outcome.ExitCode);
            activity?.SetStatus(outcome.ExitCode == 0 ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            return outcome;
        }
        catch (Exception cause)
        {
            activity?.SetStatus(ActivityStatusCode.Error, cause.Message);
            throw;
        }
    }

    /// <summary>Where the program lies; null when it is not installed.</summary>
    public static string? Find(string program) =>
        program.Contains('/')
            ? File.Exists(program)
                ? program
                : null
            : SearchPath.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The fault of a program that ended badly: a full disk is told apart from all else.</summary>
    public static Fault FaultOf(string program, CommandOutcome outcome)
    {
        var name = Path.GetFileName(program);
        var full = outcome.Error.Contains("No space left on device") || outcome.Error.Contains("Disk quota exceeded");
        var message = $"{name} failed with code {outcome.ExitCode}: {outcome.LastWords}";
        return new Fault(full ? FaultCode.DiskFull : FaultCode.DriverFailed, message);
    }

    private async Task<CommandOutcome> RunToEndAsync(Invocation invocation, CancellationToken ct)
    {
        var limit = invocation.Limit ?? DefaultLimit;
        using var timeout = new CancellationTokenSource(limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        using var process = await StartAsync(invocation);
        try
        {
            var output = ReadAsync(process.StandardOutput, ended.Token, invocation.Heard);
            var error = ReadAsync(process.StandardError, ended.Token);
            await WriteAsync(process.StandardInput, invocation.Input, ended.Token);
            await process.WaitForExitAsync(ended.Token);
            await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(TimeSpan.FromSeconds(2), time, ended.Token));
            return new CommandOutcome(process.ExitCode, await SaidAsync(output), await SaidAsync(error));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var name = Path.GetFileName(invocation.Program);
            throw new Fault(FaultCode.Timeout, $"{name} did not end within {limit.TotalSeconds:0.#} s and was killed");
        }
        finally
        {
            await KillAsync(process);
        }
    }

    private static async Task<Process> StartAsync(Invocation invocation)
    {
        try
        {
            return await Spawner.StartAsync(Describe(invocation));
        }
        catch (Win32Exception cause)
        {
            throw new Fault(FaultCode.DriverFailed, $"{invocation} cannot be started: {cause.Message}", cause: cause);
        }
    }

    // The agent's environment may hold secrets, and daemons keep theirs for life: commands get a bare one.
    private static ProcessStartInfo Describe(Invocation invocation)
    {
        var path =
            Find(invocation.Program)
            ?? throw new Fault(FaultCode.DriverFailed, $"{invocation.Program} is not installed on this host");
        var start = new ProcessStartInfo(
            "/usr/bin/setpriv",
            ["--pdeathsig", "KILL", "--", path, .. invocation.Arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = SearchPath;
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct, Action<string>? heard = null)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        var length = 0L;
        while (await reader.ReadAsync(buffer, ct) is > 0 and var count)
        {
            heard?.Invoke(new string(buffer, 0, count));
            if ((length += count) <= OutputLimit)
                text.Append(buffer, 0, count);
        }
        return length <= OutputLimit
            ? text.ToString()
            : throw new Fault(
                FaultCode.DriverFailed,
                $"a command answered with {length} characters, which is too long"
            );
    }

    private static async Task WriteAsync(StreamWriter writer, string? input, CancellationToken ct)
    {
        try
        {
            await writer.WriteAsync(input.AsMemory(), ct);
            writer.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it: its exit code says more than a broken pipe.
        }
    }

    // A daemon left behind may hold the pipe open: then what it says no longer belongs to the command.
    private static async Task<string> SaidAsync(Task<string> text) => text.IsCompleted ? await text : "";

    private async Task KillAsync(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        // A process stuck in the kernel dies later than it is killed; nobody waits for it for ever.
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(5), time));
    }
}
