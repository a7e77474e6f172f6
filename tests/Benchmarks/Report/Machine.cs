using System.Diagnostics;
using Pipeline.Testing;

namespace Pipeline.Benchmarks.Report;

/// <summary>Where and of what the figures were taken.</summary>
internal static class Machine
{
    public static string Describe(DateTimeOffset now)
    {
        var memory = long.Parse(Line("/proc/meminfo", "MemTotal").Split(' ')[0]) / 1024;
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[1];
        return $"""
            {now:yyyy-MM-dd}, commit {Git("rev-parse", "--short", "HEAD")}, by `infra/bench --write`.
            {Line(
                "/proc/cpuinfo",
                "model name"
            )}, {Environment.ProcessorCount} cores, {memory} MiB of memory; Linux {Kernel()},
            .NET {Environment.Version}; load average over the last 5 minutes {load}.

            """;
    }

    private static string Kernel() => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    private static string Line(string file, string name) =>
        File.ReadLines(file).First(line => Benchmark.Begins(line, name)).Split(':', 2)[1].Trim();

    private static string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Repository.Root, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var answer = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return answer;
    }
}
