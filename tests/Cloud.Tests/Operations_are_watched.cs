using Pipeline.Cloud.Tests.Processes;
using Pipeline.Testing;
using Pipeline.Testing.Edge;

namespace Pipeline.Cloud.Tests;

/// <summary>infra/watch on a cloud of real processes.</summary>
public sealed class Operations_are_watched
{
    private const string Build = """
        const image = await demo.call("POST", "/image/v2/images", { name: "any", disk_format: "raw", container_format: "bare" });
        await demo.call("PUT", `/image/v2/images/${image.id}/file`, new Uint8Array(4096));
        const { networks } = await demo.get("/network/v2.0/networks?name=private");
        await demo.call("POST", "/compute/v2.1/servers", {
          server: { name: "one", imageRef: image.id, flavorRef: "1", networks: [{ uuid: networks[0].id }] },
        });
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_goes_on_across_a_functions_host_that_is_killed_and_started_again()
    {
        await using var cloud = new ProcessCloud();
        var functions = await cloud.StartFunctionsAsync(Token);
        await cloud.CommandAsync("seed", Token);
        await ProcessCloud.KillAsync(await cloud.StartAgentAsync(Token)); // the build waits for it
        await cloud.ScriptAsync(Build, Token);

        var watch = cloud.Node("watch", "one");
        var lines = new List<string>();
        while (!lines.Exists(l => l.Contains("CreateDisks", StringComparison.Ordinal)))
            lines.Add(await LineAsync(watch.StandardOutput) ?? throw new InvalidOperationException("it ended early"));
        await ProcessCloud.KillAsync(functions);
        await cloud.StartFunctionsAsync(Token);
        await cloud.StartAgentAsync(Token);
        while (await LineAsync(watch.StandardOutput) is { } line)
            lines.Add(line);

        Assert.Equal(0, await ProcessCloud.EndAsync(watch, Token));
        Assert.StartsWith("ProvisionServer (req-", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  Completed after ", lines[^1], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.Contains("CreateDisks", StringComparison.Ordinal) && l.Contains("done"));
        var steps = lines[1..^1].ConvertAll(l => l.Split("  on ")[0].Split(" s ")[0]);
        Assert.Equal(steps.Distinct(), steps);
        Assert.Equal(steps.Count(s => s.Contains('…')), steps.Count(s => s.Contains("done")));
    }

    [Fact]
    public async Task Who_follows_longer_than_its_token_is_valid_logs_in_again_and_misses_nothing()
    {
        await using var cloud = new ProcessCloud();
        await cloud.StartFunctionsAsync(Token);
        await cloud.CommandAsync("seed", Token);
        await cloud.StartAgentAsync(Token);
        await cloud.ScriptAsync(Build + Follow(), Token);
    }

    /// <summary>Its token is revoked, and then it may not log in any more either.</summary>
    private static string Follow() =>
        $$"""
            const { events } = await import("{{new Uri(Path.Combine(Repository.Root, "infra/lib/events.mjs"))}}");
            const { servers } = await demo.get("/compute/v2.1/servers");
            const path = `/runtime/webhooks/durabletask/events?resource=server/${servers[0].id}`;
            const revoked = demo.token;
            await demo.call("DELETE", "/identity/v3/auth/tokens", undefined, { "X-Subject-Token": revoked });
            const names = [];
            for await (const event of events(demo, path)) names.push(event.name);
            if (demo.token === revoked || names[0] !== "begun" || names.at(-1) !== "ended") throw new Error(names.join(" "));
            demo.renew = async () => { demo.token = "nothing"; };
            demo.token = "nothing";
            let refused = null;
            try { for await (const event of events(demo, path)); } catch (error) { refused = error; }
            if (refused?.status !== 401) throw new Error(`${refused}`);
            """;

    private static async Task<string?> LineAsync(StreamReader output) =>
        await output.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(90), MachineTime.Clock, Token);
}
