using Pipeline.Contracts;

namespace Pipeline.Drivers.Volume.Iscsi;

/// <summary>
/// The tgtd of this backend, with a control socket of its own. It is started with the first attachment and outlives the
/// agent; it remembers nothing.
/// </summary>
internal sealed class TargetServer(VolumeOptions volumes, IscsiOptions options, Command command, TimeProvider time)
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);

    private const string Kind = "iscsi";

    private readonly string _folder = volumes.RunOf(options.Run, Kind);

    public bool Runs => Server.IsNoted;

    private Daemon Server => new(PidFile, arguments => arguments.Contains($"--pid-file={PidFile}"), time);

    private string PidFile => Path.Combine(_folder, "tgtd.pid");

    /// <returns>Whether it had to be started, and so knows no target.</returns>
    public async Task<bool> EnsureAsync(CancellationToken ct)
    {
        if (Runs)
            return false;
        await Server.StopAsync(ct); // its helper may have outlived it
        volumes.MakeRun(options.Run, Kind);
        string[] arguments = ["tgtd", $"--pid-file={PidFile}", "--iscsi", $"portal={options.Portal}"];
        await command.RunAsync(Invoke(arguments), ct);
        if (await PortalsAsync(ct) is { } portals && portals.Contains($"Portal: {options.Portal},"))
            return true;
        // Where its port is taken it takes another one, of every address: it may not stay there.
        await StopAsync(ct);
        throw new Fault(FaultCode.DriverFailed, $"tgtd cannot serve {options.Portal}: the port may be taken");
    }

    /// <summary>It ends when it is told to, which takes it a second; a signal that asks it to end it ignores.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await TryTellAsync(["delete", "system"], ct);
        await Server.StopAsync(ct);
        SafeFile.RemoveFolder(_folder);
    }

    public async Task<IReadOnlyList<Target>> ListAsync(CancellationToken ct) =>
        Target.Parse(await TellAsync(["show", "target"], ct));

    /// <param name="words">What to do, with what, and how.</param>
    /// <exception cref="Fault">DriverFailed in its words, which never hold the arguments.</exception>
    public async Task<string> TellAsync(string[] words, CancellationToken ct)
    {
        var outcome = await TryTellAsync(words, ct);
        return outcome.ExitCode == 0 ? outcome.Output : throw Command.FaultOf("tgtadm", outcome);
    }

    public Task<CommandOutcome> TryTellAsync(string[] words, CancellationToken ct) =>
        command.TryAsync(Invoke(["tgtadm", "--lld", "iscsi", "--op", words[0], "--mode", .. words[1..]]), ct);

    /// <returns>Null when it does not answer in time.</returns>
    private async Task<string?> PortalsAsync(CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < Start)
        {
            var outcome = await TryTellAsync(["show", "portal"], ct);
            if (outcome.ExitCode == 0)
                return outcome.Output;
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, ct);
        }
        return null;
    }

    private Invocation Invoke(string[] arguments) =>
        new("env", [$"TGT_IPC_SOCKET={Path.Combine(_folder, "tgtd")}", .. arguments]) { Name = arguments[0] };
}

/// <param name="Number">By which the server knows it, until it ends.</param>
/// <param name="Addresses">Which it answers.</param>
internal sealed record Target(int Number, string Name, IReadOnlyList<string> Addresses)
{
    private const string Head = "Target ";

    /// <summary>Reads `tgtadm --op show --mode target`: a line for each, with chapters indented by four blanks below it.</summary>
    public static IReadOnlyList<Target> Parse(string text)
    {
        var targets = new List<(int Number, string Name, List<string> Addresses)>();
        var chapter = "";
        foreach (var line in text.Split('\n'))
            if (line.StartsWith(Head, StringComparison.Ordinal) && line.Split(": ", 2) is [var head, var name])
                targets.Add((int.Parse(head[Head.Length..], null), name.Trim(), []));
            else if (line.StartsWith("     ", StringComparison.Ordinal) && chapter == "ACL information:")
                targets[^1].Addresses.Add(line.Trim());
            else if (!line.StartsWith("     ", StringComparison.Ordinal))
                chapter = line.Trim();
        return [.. targets.Select(target => new Target(target.Number, target.Name, target.Addresses))];
    }
}
