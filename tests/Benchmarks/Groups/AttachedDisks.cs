using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Guests;
using Pipeline.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Benchmarks.Groups;

/// <summary>
/// From the word that a running guest gets a disk until the guest says that it sees it: the cloud's volume, beside a file given to
/// the same machine, started by hand, by QEMU's own words; in turns.
/// </summary>
internal static class AttachedDisks
{
    private const string Seen = "hot-plug block add";
    private const string Gone = "hot-plug block remove";
    private const int Rounds = 7;
    private const int Warm = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench, "10.78.0.0/24");
        await bench.Cloud.Demo.AllowSshAsync(bench.Stop);
        var server = await place.OrderAsync("guest");
        await place.BuiltAsync(server);
        await place.ReachAsync(server);
        var (volumes, command) = (new Volumes(bench), new Command(bench.Time));
        var volume = await volumes.OrderAsync("disk");
        await volumes.AvailableAsync(volume);
        var console = new ConsoleWatch(GuestWords.ConsoleOf(server), bench.Time);
        var (ours, theirs) = (new List<double>(), new List<double>());
        await new BareGuest(bench, [.. GuestWords.MachineOf(server)]).UseAsync(
            async folder =>
            {
                var disk = Path.Combine(folder, "disk.qcow2");
                await command.RunAsync(new("qemu-img", ["create", "-q", "-f", "qcow2", disk, "1G"]), bench.Stop);
                var bare = new ConsoleWatch(Path.Combine(folder, BareGuest.Console), bench.Time);
                for (var round = 0; round < Rounds; round++)
                {
                    ours.Add(await AttachAsync(bench, server, volume, console));
                    await volumes.AvailableAsync(volume);
                    theirs.Add(await PlugAsync(bench, Path.Combine(folder, BareGuest.Monitor), disk, bare));
                }
            },
            bench.Stop
        );
        await place.ClearAsync();
        await volumes.DeleteAsync(volume);
        await volumes.AllGoneAsync();
        var (attached, plugged) = (ours.Skip(Warm).ToList().Median(), theirs.Skip(Warm).ToList().Median());
        yield return new("storage.attach.p50", attached, "ms");
        yield return new("storage.attach.bare.p50", plugged, "ms");
        yield return new("storage.attach.more", attached - plugged, "ms");
    }

    private static async Task<double> AttachAsync(Bench bench, string server, string volume, ConsoleWatch console)
    {
        var path = $"/compute/v2.1/servers/{server}/os-volume_attachments";
        var order = new JsonObject { ["volumeAttachment"] = new JsonObject { ["volumeId"] = volume } };
        var began = bench.Time.GetTimestamp();
        await bench.Cloud.Demo.PostAsync(path, order, bench.Stop);
        await console.HearAsync(Seen, bench.Stop);
        var took = bench.Time.GetElapsedTime(began).TotalMilliseconds;
        await bench.Cloud.Demo.SendAsync(HttpMethod.Delete, $"{path}/{volume}", body: null, bench.Stop);
        await console.HearAsync(Gone, bench.Stop);
        return took;
    }

    private static async Task<double> PlugAsync(Bench bench, string monitor, string disk, ConsoleWatch console)
    {
        var file = new JsonObject { ["driver"] = "file", ["filename"] = disk };
        var node = new JsonObject
        {
            ["driver"] = "qcow2",
            ["node-name"] = "disk",
            ["file"] = file,
        };
        var device = new JsonObject
        {
            ["driver"] = "virtio-blk-pci",
            ["id"] = "d",
            ["drive"] = "disk",
        };
        await using var qmp = await QmpClient.ConnectAsync(monitor, () => true, bench.Time, bench.Stop);
        var began = bench.Time.GetTimestamp();
        await qmp.ExecuteAsync("blockdev-add", node, bench.Stop);
        await qmp.ExecuteAsync("device_add", device, bench.Stop);
        await console.HearAsync(Seen, bench.Stop);
        var took = bench.Time.GetElapsedTime(began).TotalMilliseconds;
        await qmp.ExecuteAsync("device_del", new JsonObject { ["id"] = "d" }, bench.Stop);
        if (!await qmp.SawAsync("DEVICE_DELETED", Patience, bench.Stop))
            throw new TimeoutException("the guest has not let go of the disk");
        await qmp.ExecuteAsync("blockdev-del", new JsonObject { ["node-name"] = "disk" }, bench.Stop);
        await console.HearAsync(Gone, bench.Stop);
        return took;
    }
}
