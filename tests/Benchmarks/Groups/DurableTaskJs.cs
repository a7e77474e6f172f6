using System.Diagnostics;
using System.Text.Json;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Testing;

namespace Pipeline.Benchmarks.Groups;

/// <summary>
/// The same orchestrations on another engine of the same semantics: @microsoft/durabletask-js with its in-memory backend, which
/// keeps nothing and so has nothing to wait for.
/// </summary>
internal static class DurableTaskJs
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        var folder = Directory.CreateDirectory(Path.Combine(bench.Folder, "durabletask-js")).FullName;
        var code = Path.Combine(Repository.Root, "tests", "Benchmarks", "Engine", "durabletask-js");
        foreach (var file in Directory.EnumerateFiles(code))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        await RunAsync(folder, bench, "npm", "ci", "--loglevel=error");
        using var figures = JsonDocument.Parse(await RunAsync(folder, bench, "node", "bench.mjs"));
        yield return Of(figures, "five_step", "1/s");
        yield return Of(figures, "sequential", "steps/s");
        yield return Of(figures, "fan_out_1000", "s");
    }

    private static Figure Of(JsonDocument figures, string name, string unit) =>
        new($"durable.{name}.durabletask_js", figures.RootElement.GetProperty(name).GetDouble(), unit);

    private static async Task<string> RunAsync(string folder, Bench bench, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var said = await process.StandardOutput.ReadToEndAsync(bench.Stop).WaitAsync(Bound, bench.Time, bench.Stop);
            await process.WaitForExitAsync(bench.Stop);
            return process.ExitCode == 0 ? said : throw new IOException($"{program} ended with {process.ExitCode}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
