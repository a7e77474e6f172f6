using System.Diagnostics;
using Pipeline.Testing;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>Runs the commands of infra/ as an operator would.</summary>
internal static class CloudCommand
{
    /// <exception cref="IOException">It failed; the message is what it said.</exception>
    public static async Task RunAsync(string command, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "infra", command), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            throw new IOException($"infra/{command} failed: {await error}{await output}");
    }
}
