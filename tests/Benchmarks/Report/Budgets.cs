namespace Pipeline.Benchmarks.Report;

/// <summary>What a figure may be at most, and what the original needs on the same machine.</summary>
/// <param name="Most">Null when nothing was promised.</param>
/// <param name="Least">Null when nothing was promised from below.</param>
/// <param name="Original">OpenStack's own figure in the same unit; null when it was not taken.</param>
internal sealed record Budget(double? Most, double? Original = null, double? Least = null)
{
    /// <summary>Null when nothing was promised.</summary>
    public bool? Met(double value) => Most is null && Least is null ? null : !(value > Most) && !(value < Least);
}

internal static class Budgets
{
    private const double Read = 2; // times a bare Kestrel answer with one SQLite read
    private const double Ready = 10; // seconds

    private static readonly Dictionary<string, Budget> All = new()
    {
        ["idle.cpu"] = new(2),
        ["idle.memory"] = new(300, 3072),
        ["ready.new"] = new(Ready),
        ["ready.again"] = new(Ready),
        ["login.ratio"] = new(Read),
        ["login.cpu_ms"] = new(null, 205),
        ["token.validate.ratio"] = new(Read),
        ["identity.http.validate.ratio"] = new(1.2),
        ["identity.tokens.validate.per_core"] = new(null, Least: 100_000),
        ["identity.tokens.validate.many.per_core"] = new(null, Least: 100_000),
        ["identity.tokens.revoked_100000.validate.many.per_core"] = new(null, Least: 100_000),
        ["identity.tokens.revoked_100000.validate.per_core"] = new(null, Least: 100_000),
        ["identity.tokens.login.warm.per_core"] = new(null, Least: 3000),
        ["identity.tokens.revoked_100000.login.warm.per_core"] = new(null, Least: 3000),
        ["server.list_100.ratio"] = new(Read),
        ["server.list_100.cpu_ms"] = new(null, 410),
        ["server.show.ratio"] = new(Read),
        ["port.create.commits"] = new(1),
        ["port.create.cpu_ms"] = new(null, 295),
        ["network.port.create.per_second"] = new(null, Least: 1500),
        ["network.port.create.cpu_ms"] = new(null, 295),
        ["network.rules_100.p50"] = new(200),
        ["network.hosts_50.rules_100.effective"] = new(1),
        ["server.build.azurite.1.p50"] = new(150, 1600),
        ["server.build.azurite.1.cpu_ms"] = new(null, 3200),
        ["server.build.database.1.p50"] = new(50, 1600),
        ["server.build.database.1.cpu_ms"] = new(null, 3200),
        ["storage.volume.per_second"] = new(null, Least: 500),
        ["storage.clone.file.p50"] = new(100),
        ["storage.clone.pool.p50"] = new(100),
        ["guest.ssh.ratio"] = new(1.3),
        ["durable.five_step.sqlite_full"] = new(null, Least: 2000),
        ["durable.five_step.postgresql"] = new(null, Least: 1000),
        ["durable.first_step.sqlite_full.p99"] = new(20),
        ["durable.first_step.postgresql.p99"] = new(20),
        ["durable.fan_out.growth.sqlite_full"] = new(1.2),
        ["durable.fan_out.growth.postgresql"] = new(1.2),
    };

    public static Budget Of(string figure) => All.GetValueOrDefault(figure) ?? new(null);
}
