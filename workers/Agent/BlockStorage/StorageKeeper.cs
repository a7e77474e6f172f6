using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.BlockStorage;

/// <summary>
/// Looks now and then whether what is attached is still served, for servers of volumes may die, and whether the backends are
/// still as the control plane was told.
/// </summary>
internal sealed class StorageKeeper(
    IReadOnlyDictionary<string, IVolumeDriver> backends,
    IReadOnlyList<BackendReport> told,
    IControlPlane control,
    TimeProvider time,
    ILogger<StorageKeeper> logger
)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Small changes wait for so many looks.</summary>
    private const int Seldom = 10;

    private volatile IReadOnlyList<BackendReport> _told = told;
    private int _looks;

    /// <summary>What the control plane knows of them.</summary>
    public IReadOnlyList<BackendReport> Told => _told;

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (backends.Count > 0 && !ct.IsCancellationRequested)
            try
            {
                await Task.Delay(Every, time, ct); // all was opened, and told, when the agent began
                foreach (var (name, driver) in backends)
                    await TryAsync(name, () => ((IVolumeExports)driver).RestoreExportsAsync(ct));
                await TryAsync("the news of them", () => TellAsync(ct));
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
    }

    private async Task TellAsync(CancellationToken ct)
    {
        var small = ++_looks % Seldom == 0;
        var now = new List<BackendReport>();
        foreach (var report in _told)
            now.Add(
                backends.TryGetValue(report.Name, out var driver)
                    ? report with
                    {
                        Statistics = await driver.ReadStatisticsAsync(ct),
                    }
                    : report
            );
        BackendReport[] news =
        [
            .. now.Zip(_told)
                .Where(pair => pair.First.Statistics.IsNewsAfter(pair.Second.Statistics, small))
                .Select(pair => pair.First),
        ];
        if (news.Length == 0)
            return;
        await control.SendBackendsAsync(new HostBackends(news), ct);
        _told = [.. _told.Select(report => news.FirstOrDefault(other => other.Name == report.Name) ?? report)];
    }

    private async Task TryAsync(string what, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("volume backends, {What}: {Reason}", what, cause.Message);
        }
    }
}
