using System.Globalization;
using Pipeline.Testing.Worlds;

namespace Pipeline.Simulate;

/// <summary>Adds up the worlds of one run.</summary>
internal sealed class Tally
{
    private readonly TimeSpan began = Environment.CpuUsage.TotalTime;
    private int seeds;
    private int failed;
    private long events;
    private TimeSpan simulated;

    public bool Holds => failed == 0;

    public void Add(WorldReport report)
    {
        seeds++;
        events += report.Events;
        simulated += report.Simulated;
        if (!report.Holds)
            failed++;
    }

    public override string ToString()
    {
        var cpu = Environment.CpuUsage.TotalTime - began;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{seeds} seeds, {failed} failed; {events} events, {simulated.TotalHours:0.0} simulated hours; {cpu.TotalSeconds:0.0} s of CPU time, {seeds / cpu.TotalMinutes:0} seeds and {events / cpu.TotalMinutes:0} events a CPU minute"
        );
    }
}
