using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Pipeline.Testing.Edge;

namespace Pipeline.Testing;

/// <summary>
/// A real PostgreSQL of Debian's package with its own folder, Unix socket and loopback port, gone at the end and when the
/// test process dies. `fsync` is off unless asked for: a test kills our processes, not the server's machine. Every database is a copy of
/// one whose schema is up to date.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Ready = "database system is ready to accept connections";
    private const string Packages = "/usr/lib/postgresql";
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(60);

    // The shell outlives us by a moment: the end of its input is how it learns of our death. A server that is only just starting does
    // not heed the signal yet, so it is told until it has ended.
    private const string Script = """
        trap '' INT TERM HUP
        "$1/initdb" -D "$2/data" -U pipeline -A trust --no-sync --locale=C.UTF-8 --encoding=UTF8 >/dev/null || exit 1
        "$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" -c fsync="$4" -c full_page_writes="$4" \
            -c max_connections=400 -c shared_buffers=64MB -c autovacuum_naptime=5s &
        server=$!
        read -r _
        while kill -INT $server 2>/dev/null; do sleep 0.2; done &
        again=$!
        wait $server
        kill -KILL $again 2>/dev/null
        rm -rf "$2"
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pipeline-pg-");
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim copying = new(1);
    private readonly Process process;
    private int databases;

    private PostgresCluster(int port, bool durable)
    {
        Port = port;
        process = new Process { StartInfo = StartInfo(folder.FullName, port, durable), EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Exited += (_, _) => ready.TrySetException(Failure("ended"));
    }

    public int Port { get; }

    /// <param name="durable">True writes through to the disk, as a server in production does.</param>
    /// <exception cref="InvalidOperationException">Debian's postgresql is not installed, or the server does not start.</exception>
    public static async Task<PostgresCluster> StartAsync(TimeProvider time, CancellationToken ct, bool durable = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            var cluster = new PostgresCluster(FreePort(), durable);
            try
            {
                cluster.process.Start();
                cluster.process.BeginErrorReadLine();
                await cluster.ready.Task.WaitAsync(TimeSpan.FromSeconds(60), time, ct);
                return cluster;
            }
            catch (Exception cause)
            {
                var failure = cause is TimeoutException ? cluster.Failure("did not start within 60 s") : cause;
                await cluster.DisposeAsync();
                // Somebody may have taken the port since we looked.
                if (attempt == 3 || ct.IsCancellationRequested)
                    throw failure;
            }
        }
    }

    /// <summary>The URL of a database as `Database.Connect` takes it.</summary>
    public string Url(string database) => $"postgres://pipeline@127.0.0.1:{Port}/{database}";

    /// <summary>Makes a database of its own for a test.</summary>
    /// <param name="template">What it is a copy of; nobody may be connected to that.</param>
    /// <returns>Its name.</returns>
    public async Task<string> CreateAsync(string template = "template1")
    {
        var name = $"test{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    /// <summary>Ends all sessions of a database and removes it.</summary>
    public async Task DropAsync(string database) =>
        await ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(Parting, MachineTime.Clock);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Never started.
        }
        process.Dispose();
        copying.Dispose();
        if (Directory.Exists(folder.FullName))
            folder.Delete(recursive: true);
    }

    private async Task ExecuteAsync(string sql)
    {
        await copying.WaitAsync();
        try
        {
            var settings = new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = Port,
                Username = "pipeline",
                Database = "postgres",
                Pooling = false,
            };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            copying.Release();
        }
    }

    /// <summary>The server refuses to run as root: then it runs as the package's own user.</summary>
    private static ProcessStartInfo StartInfo(string folder, int port, bool durable)
    {
        string[] shell = ["/bin/sh", "-c", Script, "sh", Binaries(), folder, $"{port}", durable ? "on" : "off"];
        if (Environment.IsPrivilegedProcess)
        {
            shell = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. shell];
            using var chown = Process.Start("chown", ["postgres", folder]);
            chown.WaitForExit();
        }
        return new(shell[0], shell[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
    }

    private static string Binaries() =>
        Directory.Exists(Packages)
            ? Directory
                .GetDirectories(Packages)
                .Select(d => Path.Combine(d, "bin"))
                .Where(d => File.Exists(Path.Combine(d, "initdb")))
                .Order()
                .LastOrDefault()
                ?? throw Missing()
            : throw Missing();

    private static InvalidOperationException Missing() => new("Debian's package postgresql is not installed.");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Heard(string? line)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        while (output.Count > 200)
            output.TryDequeue(out _);
        if (line.EndsWith(Ready, StringComparison.Ordinal))
            ready.TrySetResult();
    }

    private InvalidOperationException Failure(string what) => new($"PostgreSQL {what}:\n{string.Join('\n', output)}");
}
