using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Load;

namespace Pipeline.Benchmarks.Groups;

/// <summary>Password logins: of a user who logged in before, and with a wrong password, which costs the whole hash each time.</summary>
internal static class Logins
{
    private const string Path = "/identity/v3/auth/tokens";

    public static IAsyncEnumerable<Figure> MeasureAsync(Bench bench) =>
        ComparedLoad.MeasureAsync(
            bench,
            "login",
            _ => WireRequest.Of("POST", Path, 201, body: bench.Cloud.Demo.Login.ToJsonString()),
            WireRequest.Of("GET", "/row", 200)
        );

    public static async IAsyncEnumerable<Figure> MeasureWrongAsync(Bench bench)
    {
        var login = bench.Cloud.Demo.Login.DeepClone();
        login["auth"]!["identity"]!["password"]!["user"]!["password"] = JsonValue.Create("wrong");
        var request = WireRequest.Of("POST", Path, 401, body: login.ToJsonString());
        using var run = new LoadRun(bench.Cloud.Port, bench.Cloud.Process("functions"), _ => request, bench.Time);
        await LoadRun.MeasureAsync(3, TimeSpan.FromSeconds(1), run);
        yield return new("wrong_login.cpu_ms", run.CpuMilliseconds, "ms");
    }
}
