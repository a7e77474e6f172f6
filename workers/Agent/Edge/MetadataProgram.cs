using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pipeline.Agent.Metadata;
using Pipeline.Runtime.Storage;

namespace Pipeline.Agent.Edge;

/// <summary>The composition root of the metadata service, a mode of the agent's program that outlives the agent.</summary>
internal static class MetadataProgram
{
    private const long LogLimit = 1024 * 1024;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["--data", var data, ..])
        {
            await Console.Error.WriteLineAsync(AgentOptions.Usage);
            return 2;
        }
        var folder = new MetadataFolder(Path.GetFullPath(data));
        Directory.CreateDirectory(
            folder.Path,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        using var alone = FolderLock.TryTake(folder.LockFile);
        if (alone is null)
            return 0;
        using var stopping = new CancellationTokenSource();
        await using var log = new StreamWriter(BoundedLog.OfStandardError(LogLimit)) { AutoFlush = true };
        var key = await folder.TokenKeyAsync(RandomNumberGenerator.GetBytes, stopping.Token);
        using var passwords = new GuestPasswords(folder);
        var requests = new GuestRequests(folder, passwords, new SessionTokens(key, TimeProvider.System));
        using var server = new MetadataServer(folder, requests, TimeProvider.System, line => Log(log, line));
        using var look = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => server.Ring());
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stopping));
        await File.WriteAllTextAsync(folder.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        await server.RunAsync(stopping.Token);
        return 0;
    }

    private static void Log(StreamWriter log, string line)
    {
        lock (log)
            log.WriteLine($"{TimeProvider.System.GetUtcNow():O} {line}");
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stopping)
    {
        signal.Cancel = true;
        stopping.Cancel();
    }
}
