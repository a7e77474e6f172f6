using System.Text.Json.Nodes;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>A cloud that infra/up has started, as its users and its operator see it.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    private RunningCloud(string data, int port) => (Data, Port) = (data, port);

    public string Data { get; }

    public int Port { get; }

    /// <summary>The SQLite file of its state.</summary>
    public string Database => Path.Combine(Data, "pipeline.db");

    /// <summary>The control plane and the agent: Azurite where messages go through it, functions host, agent.</summary>
    public string[] Names =>
        [.. ((string[])["azurite", "functions", "agent-host1"]).Where(name => File.Exists(PidFile(name)))];

    public int[] Processes => [.. Names.Select(Process)];

    /// <summary>The user demo, without quotas.</summary>
    public CloudClient Demo { get; private set; } = null!;

    public CloudClient Admin { get; private set; } = null!;

    /// <summary>Starts it and lifts the quotas of project demo. Whoever gave the folder removes what a kill leaves there.</summary>
    public static async Task<RunningCloud> StartAsync(string data, int port, CloudKind kind, CancellationToken ct)
    {
        var cloud = new RunningCloud(data, port);
        try
        {
            await CloudCommand.RunAsync("up", ArgumentsOf(data, port, kind), ct);
            var passwords = JsonNode.Parse(
                await File.ReadAllTextAsync(Path.Combine(data, "first-passwords.json"), ct)
            )!;
            cloud.Demo = await CloudClient.LoginAsync(port, "demo", (string)passwords["demo"]!, ct);
            cloud.Admin = await CloudClient.LoginAsync(port, "admin", (string)passwords["admin"]!, ct);
            await LiftQuotasAsync(cloud.Admin, cloud.Demo.Project, ct);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>The number of one of its processes, from its pid file.</summary>
    public int Process(string name) => int.Parse(File.ReadAllText(PidFile(name)).Trim());

    public static string[] ArgumentsOf(string data, int port, CloudKind kind) =>
        [
            .. (string[])["--detach", "--data", data, "--port", $"{port}"],
            .. kind switch
            {
                CloudKind.Real or CloudKind.RealDatabase => (string[])[],
                CloudKind.Bed => ["--real", "--hosts", "2"],
                _ => ["--fake"],
            },
            .. kind is CloudKind.Azurite or CloudKind.Real ? (string[])[] : ["--queue", "database"],
        ];

    public async ValueTask DisposeAsync()
    {
        Demo?.Dispose();
        Admin?.Dispose();
        if (Directory.Exists(Data))
            await CloudCommand.RunAsync("down", ["--data", Data, "--purge"], CancellationToken.None);
    }

    private string PidFile(string name) => Path.Combine(Data, "run", $"{name}.pid");

    private static async Task LiftQuotasAsync(CloudClient admin, string project, CancellationToken ct)
    {
        var compute = new JsonObject();
        foreach (var name in (string[])["instances", "cores", "ram"])
            compute[name] = -1;
        var path = $"/compute/v2.1/os-quota-sets/{project}";
        await admin.SendAsync(HttpMethod.Put, path, new JsonObject { ["quota_set"] = compute }, ct);
        var storage = new JsonObject();
        foreach (var name in (string[])["volumes", "gigabytes", "backups", "backup_gigabytes"])
            storage[name] = -1;
        path = $"/volume/v3/os-quota-sets/{project}";
        await admin.SendAsync(HttpMethod.Put, path, new JsonObject { ["quota_set"] = storage }, ct);
        var network = new JsonObject
        {
            ["quota"] = new JsonObject
            {
                ["port"] = -1,
                ["network"] = -1,
                ["subnet"] = -1,
                ["security_group"] = -1,
                ["security_group_rule"] = -1,
            },
        };
        await admin.SendAsync(HttpMethod.Put, $"/network/v2.0/quotas/{project}", network, ct);
    }
}
