using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Backends;

/// <summary>The SQL of backends.</summary>
internal static class BackendStore
{
    private const string Columns = """
        host_id, name, host_name, driver, report, offered, enabled, disabled_reason, provisioned_gib, volumes, zone, updated_at
        """;

    public static ValueTask<IReadOnlyList<BackendRow>> ListBackendsAsync(this Tx tx) =>
        tx.ListAsync<BackendRow>($"SELECT {Columns} FROM volume_backends ORDER BY host_name, name");

    public static ValueTask<BackendRow?> FindBackendAsync(this Tx tx, HostId host, string name) =>
        tx.FindAsync<BackendRow>(
            $"SELECT {Columns} FROM volume_backends WHERE host_id = @host AND name = @name",
            new { host, name }
        );

    /// <summary>What the host offers from now on. What volumes lie on stays, also when it is offered no more.</summary>
    public static async ValueTask SetBackendsAsync(
        this Tx tx,
        HostId host,
        string hostName,
        IReadOnlyList<BackendReport> told
    )
    {
        var names = told.Select(b => b.Name).Append("").ToList();
        await tx.ExecuteAsync(
            "UPDATE volume_backends SET offered = 0 WHERE host_id = @host AND offered = 1 AND name NOT IN @names",
            new { host, names }
        );
        foreach (var backend in told)
            await tx.ExecuteAsync(
                """
                INSERT INTO volume_backends
                    (host_id, name, host_name, driver, report, offered, enabled, provisioned_gib, volumes, updated_at)
                VALUES (@host, @Name, @hostName, @Driver, @report, 1, 1, 0, 0, @now)
                ON CONFLICT (host_id, name) DO UPDATE SET host_name = excluded.host_name, driver = excluded.driver,
                    report = excluded.report, offered = 1, updated_at = excluded.updated_at
                """,
                new
                {
                    host,
                    backend.Name,
                    hostName,
                    backend.Driver,
                    report = JsonSerializer.Serialize(backend, BlockStorageJson.Default.BackendReport),
                }
            );
    }

    /// <summary>What the host tells of a backend meanwhile; of one that it does not offer nothing is kept.</summary>
    public static async ValueTask TellBackendAsync(this Tx tx, HostId host, BackendReport told) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_backends SET report = @report, updated_at = @now
            WHERE host_id = @host AND name = @Name AND driver = @Driver AND offered = 1
            """,
            new
            {
                host,
                told.Name,
                told.Driver,
                report = JsonSerializer.Serialize(told, BlockStorageJson.Default.BackendReport),
            }
        );

    /// <summary>Promises room to a volume, if it is still there.</summary>
    /// <param name="most">GiB that may be promised in all.</param>
    public static async ValueTask<bool> TryPromiseAsync(
        this Tx tx,
        HostId host,
        string backend,
        long gib,
        int volumes,
        long most
    ) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_backends SET provisioned_gib = provisioned_gib + @gib, volumes = volumes + @volumes
            WHERE host_id = @host AND name = @backend AND offered = 1 AND enabled = 1
                AND provisioned_gib <= @most - @gib
            """,
            new
            {
                host,
                backend,
                gib,
                volumes,
                most,
            }
        ) == 1;

    /// <summary>GiB of the volumes that lie on each backend, by what they are and not by what they are to be.</summary>
    public static async ValueTask<IReadOnlyDictionary<BackendPlace, long>> ListAllocatedAsync(this Tx tx) =>
        (
            await tx.ListAsync<Allocated>(
                """
                SELECT host_id, backend, CAST(SUM(size_gib) AS BIGINT) AS gib FROM volumes
                WHERE host_id IS NOT NULL AND backend IS NOT NULL GROUP BY host_id, backend
                """
            )
        ).ToDictionary(a => new BackendPlace(a.HostId, a.Backend), a => a.Gib);

    /// <summary>Gives back what was promised.</summary>
    public static async ValueTask TakeBackAsync(this Tx tx, HostId host, string backend, long gib, int volumes) =>
        await tx.ExecuteAsync(
            """
            UPDATE volume_backends SET provisioned_gib = provisioned_gib - @gib, volumes = volumes - @volumes
            WHERE host_id = @host AND name = @backend
            """,
            new
            {
                host,
                backend,
                gib,
                volumes,
            }
        );

    public static async ValueTask EnableBackendAsync(
        this Tx tx,
        HostId host,
        string name,
        bool enabled,
        string? reason
    ) =>
        await tx.ExecuteAsync(
            "UPDATE volume_backends SET enabled = @enabled, disabled_reason = @reason WHERE host_id = @host AND name = @name",
            new
            {
                host,
                name,
                enabled,
                reason,
            }
        );

    private sealed record Allocated
    {
        public HostId HostId { get; init; }
        public string Backend { get; init; } = "";
        public long Gib { get; init; }
    }
}
