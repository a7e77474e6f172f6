namespace Pipeline.Benchmarks;

/// <summary>What processes have used so far, as the kernel counts it.</summary>
internal static class Cpu
{
    private const double Tick = 10; // milliseconds; USER_HZ is 100 on every Linux of today

    /// <summary>User and system time of these processes, in milliseconds.</summary>
    public static double Of(IEnumerable<int> processes) => processes.Sum(Of);

    /// <summary>Memory these processes hold (RSS), in MB.</summary>
    public static double MemoryOf(IEnumerable<int> processes) => processes.Sum(MemoryOf);

    private static double Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11]) + long.Parse(fields[12])) * Tick; // utime, stime: proc(5)
    }

    private static double MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => Benchmark.Begins(l, "VmRSS:"));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;
    }
}
