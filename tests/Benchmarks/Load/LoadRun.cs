namespace Pipeline.Benchmarks.Load;

/// <summary>What one round of load showed.</summary>
internal sealed record Round(double PerSecond, double CpuMilliseconds);

/// <summary>
/// Asks a server the same thing over a few connections, round by round, and counts what the server's process used for it.
/// Rounds of several loads are interleaved, so that a busy machine is busy for all of them.
/// </summary>
internal sealed class LoadRun(int port, int process, Func<int, WireRequest> request, TimeProvider time) : IDisposable
{
    private const int MostWarmUps = 12;
    private const int Unchanged = 3; // rounds in a row
    private const double Cheaper = 0.97; // of the best round before

    private readonly WireConnection[] connections = [.. Enumerable.Range(0, 4).Select(_ => new WireConnection(port))];
    private readonly List<Round> rounds = [];
    private int sent;

    public double PerSecond => rounds.ConvertAll(round => round.PerSecond).Median();

    /// <summary>CPU time of the server for one request, in milliseconds.</summary>
    public double CpuMilliseconds => rounds.ConvertAll(round => round.CpuMilliseconds).Median();

    /// <summary>Warms all up, then measures them in turns.</summary>
    public static async Task MeasureAsync(int count, TimeSpan length, params LoadRun[] runs)
    {
        foreach (var run in runs)
            await run.SettleAsync(length);
        for (var i = 0; i < count; i++)
            foreach (var run in runs)
                run.rounds.Add(await run.RoundAsync(length));
    }

    public void Dispose()
    {
        foreach (var connection in connections)
            connection.Dispose();
    }

    /// <summary>
    /// Rounds that are not counted, until a request no longer gets cheaper: caches fill, and code is compiled again with
    /// what was learnt of it.
    /// </summary>
    private async Task SettleAsync(TimeSpan length)
    {
        var best = double.PositiveInfinity;
        for (var (round, unchanged) = (0, 0); round < MostWarmUps && unchanged < Unchanged; round++)
        {
            var cpu = (await RoundAsync(length)).CpuMilliseconds;
            unchanged = cpu < best * Cheaper ? 0 : unchanged + 1;
            best = Math.Min(best, cpu);
        }
    }

    private async Task<Round> RoundAsync(TimeSpan length)
    {
        var before = sent;
        var cpu = Cpu.Of([process]);
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(length + TimeSpan.FromSeconds(60), time);
        await Task.WhenAll(connections.Select(connection => SendAsync(connection, began, length, limit.Token)));
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        var count = sent - before;
        return new(count / seconds, (Cpu.Of([process]) - cpu) / count);
    }

    private async Task SendAsync(WireConnection connection, long began, TimeSpan length, CancellationToken ct)
    {
        while (time.GetElapsedTime(began) < length)
            await connection.SendAsync(request(Interlocked.Increment(ref sent)), ct);
    }
}
