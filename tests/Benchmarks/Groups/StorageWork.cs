using Microsoft.Data.Sqlite;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What the volume service does by its API.</summary>
internal static class StorageWork
{
    private const int Burst = 500;
    private const int FewFiles = 50;
    private const int Many = 100_000;
    private const int Rounds = 5;
    private const int Cold = 4; // rounds until its code is compiled for good
    private const string Copies = "-0000-4000-8000-000000000000";

    /// <summary>Volumes made and deleted on a backend that does nothing: what is left is the overhead. Each is two operations.</summary>
    public static IAsyncEnumerable<Figure> MeasureVolumesAsync(Bench bench) =>
        MeasureAsync(bench, "storage.volume", Burst);

    /// <summary>The same with files.</summary>
    public static IAsyncEnumerable<Figure> MeasureFilesAsync(Bench bench) =>
        MeasureAsync(bench, "storage.file", FewFiles);

    /// <summary>A page of a thousand volumes where there are a hundred thousand.</summary>
    public static async IAsyncEnumerable<Figure> MeasureListAsync(Bench bench)
    {
        var volumes = new Volumes(bench);
        var one = await volumes.OrderAsync("many");
        await volumes.AvailableAsync(one);
        await MultiplyAsync(bench.Cloud.Database, one, bench.Stop);
        var list = WireRequest.Of("GET", $"{Volumes.Path}?limit=1000", 200, bench.Cloud.Demo.Token);
        var rows = WireRequest.Of("GET", "/rows", 200);
        await foreach (var figure in ComparedLoad.MeasureAsync(bench, "storage.list_1000", _ => list, rows))
            if (!figure.Name.EndsWith("ratio", StringComparison.Ordinal)) // the bare list has a tenth of the rows
                yield return figure;
    }

    private static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench, string name, int burst)
    {
        var volumes = new Volumes(bench);
        var (rates, cpus) = (new List<double>(), new List<double>());
        for (var round = 0; round < Cold + Rounds; round++)
        {
            var (cpu, began) = (Cpu.Of(bench.Cloud.Processes), bench.Time.GetTimestamp());
            var made = await Task.WhenAll(Enumerable.Range(0, burst).Select(i => volumes.OrderAsync($"bench-{i}")));
            await volumes.AllMadeAsync();
            await Task.WhenAll(made.Select(volumes.DeleteAsync));
            await volumes.AllGoneAsync();
            if (round < Cold)
                continue;
            rates.Add(2 * burst / bench.Time.GetElapsedTime(began).TotalSeconds);
            cpus.Add((Cpu.Of(bench.Cloud.Processes) - cpu) / (2 * burst));
        }
        yield return new($"{name}.per_second", rates.Median(), "1/s");
        yield return new($"{name}.cpu_ms", cpus.Median(), "ms");
    }

    /// <summary>Rows beside one that the service has made: made by it they would take half an hour.</summary>
    private static async Task MultiplyAsync(string database, string one, CancellationToken ct)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Default Timeout=60");
        await connection.OpenAsync(ct);
        await using var columns = connection.CreateCommand();
        columns.CommandText =
            "SELECT group_concat(name) FROM pragma_table_info('volumes') WHERE name NOT IN ('id', 'created_at')";
        var rest = (string)(await columns.ExecuteScalarAsync(ct))!;
        await using var insert = connection.CreateCommand();
        insert.CommandText = $"""
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
            INSERT INTO volumes (id, created_at, {rest})
            SELECT printf('%08x{Copies}', n), created_at + n, {rest} FROM volumes, numbers WHERE id = @one
            """;
        insert.Parameters.AddWithValue("@count", Many);
        insert.Parameters.AddWithValue("@one", one);
        await insert.ExecuteNonQueryAsync(ct);
    }
}
