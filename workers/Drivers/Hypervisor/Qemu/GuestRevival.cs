using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Runs guests on that stand still because a volume of theirs could not be reached. A server that is still away stops them
/// again, so that trying is all there is to know.
/// </summary>
internal sealed class GuestRevival(GuestFolders folders, TimeProvider time)
{
    public async Task TryAllAsync(string cloud, CancellationToken ct)
    {
        foreach (var folder in folders.All())
            if (await folder.ReadAsync(ct) is { Volumes.Count: > 0 } guest && guest.Cloud == cloud)
                await TryAsync(folder, ct);
    }

    private async Task TryAsync(GuestFolder folder, CancellationToken ct)
    {
        if (!GuestProcesses.NamedByFile(folder))
            return;
        try
        {
            bool IsThere() => GuestProcesses.NamedByFile(folder);
            await using var qmp = await QmpClient.ConnectAsync(folder.QmpSocket, IsThere, time, ct);
            var status = await qmp.ExecuteAsync("query-status", ct);
            if (status.GetProperty("status").GetString() == "io-error")
                await qmp.ExecuteAsync("cont", ct);
        }
        catch (Fault)
        {
            // It ends, or is spoken to by somebody else: the next look is soon.
        }
    }
}
