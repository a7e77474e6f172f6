using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.LinuxRouter;

/// <summary>Sends a router's advertisements of IPv6: one radvd in its namespace, which outlives the agent.</summary>
internal sealed class Radvd(LinuxRouterOptions options, RouterSpaces spaces, Command command, TimeProvider time)
{
    private const int SigHup = 1;
    private const string ConfigFile = "radvd.conf";
    private const string PidFile = "radvd.pid";
    private const string ToldFile = "told";
    private const string Prefix = "router-";
    private const string User = "radvd"; // made by its package

    public static bool IsInstalled(LinuxRouterOptions options) => Command.Find(options.Radvd) is not null;

    /// <summary>
    /// Starts it, or has the running one read its configuration again: one that ends tells every guest that there is no
    /// router any more. What it was told last is noted after it was, so whatever dies in between, it is told again.
    /// </summary>
    public async Task EnsureAsync(HostRouter router, IReadOnlyList<NamedLeg> legs, CancellationToken ct)
    {
        var config = Advertising.Render(legs);
        if (!router.AdminUp || config.Length == 0 || !IsInstalled(options))
        {
            await RemoveAsync(router.Id, ct);
            return;
        }
        var folder = Folder(router.Id);
        folder.Make();
        var lines = config.TrimEnd('\n').Split('\n');
        var process = ProcessOf(folder);
        var runs = process.IsNoted;
        var told = await folder.ReadAsync(ToldFile, ct);
        if (runs && told.SequenceEqual(lines))
            return;
        File.Delete(folder.In(ToldFile));
        await folder.WriteAsync(ConfigFile, lines, ct);
        if (!runs || !process.Catches(SigHup) || !process.Signal(SigHup))
            await StartAsync(router.Id, folder, ct);
        await folder.WriteAsync(ToldFile, lines, ct);
    }

    /// <summary>Starts those again that have died since they were told what they are to say.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        foreach (var id in Told())
        {
            var folder = Folder(id);
            if (!ProcessOf(folder).IsNoted && spaces.Exists(id) && IsInstalled(options))
                await StartAsync(id, folder, ct);
        }
    }

    /// <summary>Absent is success.</summary>
    public async Task RemoveAsync(RouterId id, CancellationToken ct)
    {
        var folder = Folder(id);
        if (!folder.Exists)
            return;
        await ProcessOf(folder).StopAsync(ct);
        folder.Remove();
    }

    private async Task StartAsync(RouterId id, RunFolder folder, CancellationToken ct)
    {
        await ProcessOf(folder).StopAsync(ct);
        string[] arguments =
        [
            Option(folder),
            $"--pidfile={folder.In(PidFile)}",
            "--logmethod=none",
            $"--username={User}",
        ];
        await command.RunAsync(spaces.Within(id, options.Radvd, arguments) with { Name = "radvd" }, ct);
    }

    private IEnumerable<RouterId> Told()
    {
        if (!Directory.Exists(Root))
            yield break;
        foreach (var path in Directory.EnumerateDirectories(Root, $"{Prefix}*").Order(StringComparer.Ordinal))
            if (
                RouterId.TryParse(Path.GetFileName(path)[Prefix.Length..], out var id)
                && File.Exists(Folder(id).In(ToldFile))
            )
                yield return id;
    }

    private Daemon ProcessOf(RunFolder folder) =>
        new(folder.In(PidFile), arguments => arguments.Contains(Option(folder)), time);

    private static string Option(RunFolder folder) => $"--config={folder.In(ConfigFile)}";

    private RunFolder Folder(RouterId id) => new(options.Run, Path.Combine(Root, $"{Prefix}{id}"));

    private string Root => Path.Combine(options.Run, options.Cloud, options.Host ?? "");
}
