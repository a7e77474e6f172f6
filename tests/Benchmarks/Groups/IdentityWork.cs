using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Identity;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>What tokens, logins and identity's long lists cost, in this process, with nothing between the client and the functions.</summary>
internal static class IdentityWork
{
    private const int Revocations = 100_000;
    private const int Projects = 100_000;
    private const int Assignments = 10_000;

    /// <summary>Validations, and logins by password and by token; then the same with many revocations that live.</summary>
    public static async IAsyncEnumerable<Figure> MeasureTokensAsync(Bench bench)
    {
        await using var identity = await OneProcessIdentity.OpenAsync(bench.Folder, bench.Time);
        await foreach (var figure in TokensAsync(identity, "identity.tokens"))
            yield return figure;
        yield return new(
            "identity.tokens.login.cold.cpu_ms",
            await identity.CpuAsync(identity.LoginColdAsync, 8),
            "ms"
        );
        await identity.RevokeAsync(Revocations);
        await foreach (var figure in TokensAsync(identity, "identity.tokens.revoked_100000"))
            yield return figure;
    }

    public static async IAsyncEnumerable<Figure> MeasureListsAsync(Bench bench)
    {
        await using var identity = await OneProcessIdentity.OpenAsync(bench.Folder, bench.Time);
        var few = await identity.CpuAsync(() => identity.GetAsync("projects?limit=1000"), 8);
        await identity.AddProjectsAsync(Projects, Assignments);
        yield return new("identity.lists.projects_1000.of_2.cpu_ms", few, "ms");
        yield return new(
            "identity.lists.projects_1000.of_100000.cpu_ms",
            await identity.CpuAsync(() => identity.GetAsync("projects?limit=1000"), 20),
            "ms"
        );
        yield return new(
            "identity.lists.role_assignments_10000.cpu_ms",
            await identity.CpuAsync(() => identity.GetAsync("role_assignments"), 10),
            "ms"
        );
    }

    /// <summary>The token's own look-up over HTTP, beside a bare answer.</summary>
    public static IAsyncEnumerable<Figure> MeasureHttpAsync(Bench bench) =>
        ComparedLoad.MeasureAsync(
            bench,
            "identity.http.validate",
            _ => WireRequest.Of("GET", "/identity/v3/auth/tokens", 200, bench.Cloud.Demo.Token),
            WireRequest.Of("GET", "/row", 200)
        );

    private static async IAsyncEnumerable<Figure> TokensAsync(OneProcessIdentity identity, string name)
    {
        yield return new($"{name}.validate.per_core", await identity.PerCoreAsync(identity.ValidateAsync), "1/s");
        yield return new(
            $"{name}.validate.many.per_core",
            await identity.PerCoreAsync(identity.ValidateManyAsync),
            "1/s"
        );
        yield return new($"{name}.login.warm.per_core", await identity.PerCoreAsync(identity.LoginAsync), "1/s");
        yield return new($"{name}.login.token.per_core", await identity.PerCoreAsync(identity.RescopeAsync), "1/s");
    }
}
