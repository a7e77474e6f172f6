using System.Diagnostics;

namespace Pipeline.Benchmarks.Bare;

/// <summary>The bare server in a process of its own, under the same settings as the functions host.</summary>
internal sealed class BareProcess : IDisposable
{
    private readonly Process process;

    private BareProcess(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public int Id => process.Id;

    /// <param name="like">The process whose settings of the .NET runtime it gets.</param>
    public static async Task<BareProcess> StartAsync(string folder, int port, int like, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "bare.db");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["bare", file, $"{port}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true, // it ends when this pipe does, also when we are killed
            RedirectStandardOutput = true,
        };
        foreach (var setting in (await File.ReadAllTextAsync($"/proc/{like}/environ", ct)).Split('\0'))
            if (Benchmark.Begins(setting, "DOTNET_") && setting.Split('=', 2) is [var name, var value])
                start.Environment[name] = value;
        var bare = new BareProcess(Process.Start(start)!, port);
        var ready = await bare.process.StandardOutput.ReadLineAsync(ct);
        return ready == "ready" ? bare : throw new IOException("The bare server did not start.");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000))
            process.Kill();
        process.Dispose();
    }
}
