using System.Diagnostics;

namespace Pipeline.Testing;

/// <summary>Azurite's node_modules, installed from the lock file where they are missing; test processes take turns.</summary>
internal static class AzuriteInstall
{
    private static string Folder => Path.Combine(Repository.Root, "infra", "azurite");

    /// <summary>Node's arguments, the data folder left to the caller; the ports are the system's choice.</summary>
    public static string[] Command =>
        [
            "--max-semi-space-size=1",
            Path.Combine(Folder, "node_modules", "azurite", "dist", "src", "azurite.js"),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
            "--blobPort",
            "0",
            "--queuePort",
            "0",
            "--tablePort",
            "0",
        ];

    // Written by npm when all else is in place.
    private static bool IsThere => File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"));

    public static async Task EnsureAsync(TimeProvider time, CancellationToken ct)
    {
        if (IsThere)
            return;
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(5), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, ct);
        await using var turn = await LockAsync(time, either.Token);
        if (!IsThere)
            await InstallAsync(either.Token);
    }

    private static async Task<FileStream> LockAsync(TimeProvider time, CancellationToken ct)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "obj")).FullName, "install.lock");
        while (true)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!ct.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, ct);
            }
    }

    private static async Task InstallAsync(CancellationToken ct)
    {
        var start = new ProcessStartInfo("npm", ["ci"])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm does not start.");
        try
        {
            var heard = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(ct), npm.StandardError.ReadToEndAsync(ct));
            await npm.WaitForExitAsync(ct);
            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm ci in {Folder} failed:\n{string.Join('\n', heard)}");
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }
    }
}
