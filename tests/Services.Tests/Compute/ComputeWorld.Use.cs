using System.Text;
using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Placement;
using Pipeline.Placement.Hosts;
using Pipeline.Runtime.Agents;

namespace Pipeline.Services.Tests.Compute;

/// <summary>What tests do in the world again and again.</summary>
internal sealed partial class ComputeWorld
{
    /// <summary>The body of `POST /servers`; <paramref name="more"/> is further JSON, with its leading comma.</summary>
    public string Order(string name = "one", string more = "", string flavor = "small") =>
        $$$"""
            {"server":{"name":"{{{name}}}","flavorRef":"{{{flavor}}}","imageRef":"{{{Image}}}",
            "networks":[{"uuid":"{{{Network}}}"}]{{{more}}}}}
            """;

    /// <summary>An accepted server, whose build waits for its host.</summary>
    public async Task<string> AcceptAsync(string name = "one", string more = "", string token = "mine:member")
    {
        var reply = await PostAsync("/servers", Order(name, more), token);
        return reply.Status == 202
            ? reply.Text("server", "id")
            : throw new InvalidOperationException($"{reply.Status} {reply.Body}");
    }

    /// <summary>A server that is ACTIVE.</summary>
    public async Task<string> BuildAsync(string name = "one", string more = "")
    {
        var id = await AcceptAsync(name, more);
        await SettleAsync();
        return id;
    }

    public async Task<string> StatusAsync(string id) => (await GetAsync($"/servers/{id}")).Text("server", "status");

    public async Task<string> NamesAsync(string query, string token = "mine:member") =>
        string.Join(' ', (await GetAsync($"/servers{query}", token)).All("servers", "name"));

    public Task PassAsync(TimeSpan time) => Task.Delay(time, context.Time);

    /// <summary>Hosts do all that they are told, until nothing is left to do.</summary>
    public async Task SettleAsync()
    {
        while (true)
        {
            await PassAsync(TimeSpan.FromMilliseconds(100));
            if (!await ObeyAsync())
                return;
        }
    }

    /// <summary>Hosts do what they have been told by now.</summary>
    /// <returns>False when there was nothing.</returns>
    public async Task<bool> ObeyAsync()
    {
        var json = Get<EngineParts>().Json;
        var orders = (await TakeOrdersAsync()).Select(m => json.Read<HostOrder>(m.Body)).ToList();
        foreach (var order in orders)
            await Get<DurableTaskClient>().AnswerAsync(order.Host, AnswerTo(order));
        return orders.Count > 0;
    }

    /// <summary>A host that is up, with so much to give.</summary>
    public async Task<HostId> AddHostAsync(string name, int vcpus = 16, int memoryMib = 65_536, int diskGib = 500)
    {
        var host = new HostRow
        {
            Id = new(context.Randomness.NewGuid()),
            Name = name,
            Vcpus = vcpus,
            MemoryMib = memoryMib,
            DiskGib = diskGib,
            Hypervisor = "fake",
        };
        await Db.WriteAsync(async tx =>
        {
            await tx.AddHostAsync(host);
            await tx.SetInventoryAsync(host.Id, host);
        });
        return host.Id;
    }

    public async Task<IReadOnlyList<HostId>> GetHostsAsync() =>
        [.. (await Db.ReadAsync(PlacementStore.ListHostsAsync)).Select(h => h.Id)];

    public Task SetHostAsync(HostId host, string change) =>
        Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync($"UPDATE hosts SET {change} WHERE id = @host", new { host });
        });

    /// <summary>A host's agent that is connected and answers questions about consoles with this.</summary>
    public Task ListenAsync(HostId host, string console) =>
        ListenAsync(
            host,
            nameof(ReadConsole),
            JsonSerializer.Serialize(new(console), ContractsJson.Default.ConsoleText)
        );

    /// <summary>The same of another question.</summary>
    public async Task ListenAsync(HostId host, string question, string told)
    {
        var connections = Get<HostConnections>();
        var signals = connections.Connect(host);
        while (await signals.WaitToReadAsync())
        while (signals.TryRead(out var signal))
            if (signal.Kind == "ask" && signal.Name == question)
                connections.Answer(host, signal.Id!, new(told, null));
    }

    /// <summary>Where the server runs.</summary>
    public async Task<HostId> HostOfAsync(string server)
    {
        var host = await Db.ReadAsync(tx =>
            tx.ScalarAsync<string>("SELECT host_id FROM servers WHERE id = @server", new { server })
        );
        return HostId.TryParse(host, out var id) ? id : throw new InvalidOperationException("it runs nowhere");
    }

    public async Task AddFlavorAsync(string id, int ram, int vcpus, int disk, string more = "")
    {
        var body =
            $$$"""{"flavor":{"id":"{{{id}}}","name":"{{{id}}}","ram":{{{ram}}},"vcpus":{{{vcpus}}},"disk":{{{disk}}}{{{more}}}}}""";
        Assert.Equal(200, (await PostAsync("/flavors", body, "mine:admin")).Status);
    }

    public async Task<string> AddImageAsync(string more = "", string token = "mine:member")
    {
        var body = $$"""{"name":"micro","disk_format":"raw","container_format":"bare"{{more}}}""";
        var id = (await SendAsync("POST", "/image/v2/images", body, token)).Json.GetProperty("id").GetString()!;
        await Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync(
                "UPDATE images SET status = 'active', size = 512, virtual_size = 512, sha512 = 'aa' WHERE id = @id",
                new { id }
            );
        });
        return id;
    }

    public async Task<string> AddNetworkAsync(string name, string cidr, string token = "mine:member")
    {
        var network = (
            await SendAsync("POST", "/network/v2.0/networks", $$$"""{"network":{"name":"{{{name}}}"}}""", token)
        ).Text("network", "id");
        var subnet = $$$"""{"subnet":{"network_id":"{{{network}}}","ip_version":4,"cidr":"{{{cidr}}}"}}""";
        Assert.Equal(201, (await SendAsync("POST", "/network/v2.0/subnets", subnet, token)).Status);
        return network;
    }

    private async Task FurnishAsync()
    {
        await AddHostAsync("metal-1");
        await AddFlavorAsync("small", ram: 512, vcpus: 1, disk: 1);
        await AddFlavorAsync("large", ram: 4096, vcpus: 4, disk: 10);
        Image = await AddImageAsync();
        Network = await AddNetworkAsync("private", "10.0.0.0/24");
        await SettleAsync();
    }

    private Task<IReadOnlyList<OutboxMessage>> TakeOrdersAsync() =>
        Db.WriteAsync(async tx =>
        {
            var messages = await tx.ListOutboxAsync(1000);
            await tx.DeleteOutboxAsync([.. messages.Select(m => m.Seq)]);
            return messages;
        });

    private HostAnswer AnswerTo(HostOrder order)
    {
        var fault = Failing.GetValueOrDefault(order.Name);
        var result = order.Name switch
        {
            nameof(PlugPorts) => """{"Ports":[]}""",
            nameof(OpenExport) => Way,
            nameof(LookAtUnmanaged) => """{"Name":"old","Bytes":1073741825}""",
            nameof(ReadBackup) => """{"Manifest":"5d0c","Blocks":3,"Bytes":4096}""",
            _ => "{}",
        };
        return new(order.ActivityId, order.Attempt, fault is null ? result : null, fault, 0);
    }

    /// <summary>The way to a volume that every storage host answers.</summary>
    public const string Way = """
        {"Protocol":"iscsi","Properties":{"host":"192.0.2.7","port":"3260","target":"iqn.x:1","lun":"1","user":"chap"}}
        """;

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
