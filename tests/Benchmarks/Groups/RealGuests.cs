using System.Net;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Guests;

namespace Pipeline.Benchmarks.Groups;

/// <summary>A guest from its order to SSH, beside the same machine started by hand, in turns. The image lies on the host.</summary>
internal static class RealGuests
{
    private const int Rounds = 5;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var place = await Workplace.MakeAsync(bench, "10.77.0.0/24");
        await bench.Cloud.Demo.AllowSshAsync(bench.Stop);
        var machine = new List<string>();
        await OrderToSshAsync(bench, place, server => machine.AddRange(GuestWords.MachineOf(server)));
        var bare = new BareGuest(bench, machine);
        var (ours, theirs) = (new List<GuestTimes>(), new List<(double Started, double Ssh)>());
        for (var i = 0; i < Rounds; i++)
        {
            theirs.Add(await bare.RunAsync(bench.Stop));
            ours.Add(await OrderToSshAsync(bench, place, _ => { }));
        }
        var (ssh, bareSsh) = (ours.ConvertAll(g => g.Ssh).Median(), theirs.ConvertAll(g => g.Ssh).Median());
        yield return new("guest.active", ours.ConvertAll(g => g.Active).Median(), "s");
        yield return new("guest.bare.started", theirs.ConvertAll(g => g.Started).Median(), "s");
        yield return new("guest.ssh", ssh, "s");
        yield return new("guest.bare.ssh", bareSsh, "s");
        yield return new("guest.ssh.ratio", ssh / bareSsh, "x");
        yield return new("guest.cpu_ms", ours.ConvertAll(g => g.CpuMilliseconds).Median(), "ms");
    }

    private static async Task<GuestTimes> OrderToSshAsync(Bench bench, Workplace place, Action<string> look)
    {
        var (cpu, began) = (Cpu.Of(bench.Cloud.Processes), bench.Time.GetTimestamp());
        var at = bench.Time.GetUtcNow();
        var server = await place.OrderAsync("guest");
        await place.BuiltAsync(server);
        await place.ReachAsync(server);
        var ssh = bench.Time.GetElapsedTime(began).TotalSeconds;
        cpu = Cpu.Of(bench.Cloud.Processes) - cpu;
        look(server);
        var active = (await place.EndOfBuildAsync(server) - at).TotalSeconds;
        await place.ClearAsync();
        return new(active, ssh, cpu);
    }

    private sealed record GuestTimes(double Active, double Ssh, double CpuMilliseconds);
}
