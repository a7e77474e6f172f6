using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipeline.Testing;

/// <summary>
/// A real Azurite with its own folder and free ports, installed on first use. It ends by its process id on disposal,
/// and by itself when the test process dies. It holds its data in memory for 5 s before writing it: killed, it forgets.
/// </summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    private const string DieWithTests =
        "data:text/javascript,process.stdin.resume().on('end',()=>process.exit()).on('error',()=>process.exit())";
    private const string Listening = " service is successfully listening at ";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipeline-azurite-");
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentDictionary<string, string> endpoints = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process process;

    private AzuriteProcess()
    {
        process = new Process { StartInfo = StartInfo(folder.FullName), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Exited += (_, _) => ready.TrySetException(Failure("ended"));
    }

    public int ProcessId => process.Id;

    /// <summary>For `StorageConnection.Parse` and `AzureWebJobsStorage`.</summary>
    public string ConnectionString =>
        $"AccountName=devstoreaccount1;AccountKey={DevelopmentKey};"
        + $"BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};";

    public Uri BlobEndpoint => new($"{endpoints["Blob"]}/devstoreaccount1");

    public Uri QueueEndpoint => new($"{endpoints["Queue"]}/devstoreaccount1");

    private static string DevelopmentKey =>
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static async Task<AzuriteProcess> StartAsync(TimeProvider time, CancellationToken ct)
    {
        await AzuriteInstall.EnsureAsync(time, ct);
        var azurite = new AzuriteProcess();
        try
        {
            azurite.process.Start();
            azurite.process.BeginOutputReadLine();
            azurite.process.BeginErrorReadLine();
            await azurite.ready.Task.WaitAsync(TimeSpan.FromSeconds(60), time, ct);
            return azurite;
        }
        catch (Exception cause)
        {
            await azurite.DisposeAsync();
            throw cause is TimeoutException ? azurite.Failure("did not listen within 60 s") : cause;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning())
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static ProcessStartInfo StartInfo(string location) =>
        new("node", ["--import", DieWithTests, .. AzuriteInstall.Command, "--location", location])
        {
            UseShellExecute = false,
            RedirectStandardInput = true, // its end is how the child learns of our death
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private bool IsRunning()
    {
        try
        {
            return !process.HasExited;
        }
        catch (InvalidOperationException)
        {
            return false; // never started
        }
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        var at = line.IndexOf(Listening);
        if (at < 0)
            return;
        endpoints[line["Azurite ".Length..at]] = line[(at + Listening.Length)..];
        if (endpoints.Count == 3)
            ready.TrySetResult();
    }

    private InvalidOperationException Failure(string what) => new($"Azurite {what}:\n{string.Join('\n', output)}");
}
