using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Testing.Clouds;

/// <summary>How a test uses the cloud: requests as a user, a first image, flavor and network, and waiting.</summary>
public sealed partial class TestCloud
{
    private static readonly TimeSpan Bound = TimeSpan.FromHours(4);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public string Image { get; private set; } = "";

    public string Network { get; private set; } = "";

    public Task<CloudAnswer> GetAsync(string path, CloudUser? user) => SendAsync("GET", path, "", user);

    public Task<CloudAnswer> PostAsync(string path, string body, CloudUser? user) =>
        SendAsync("POST", path, body, user);

    public Task<CloudAnswer> PutAsync(string path, string body, CloudUser? user) => SendAsync("PUT", path, body, user);

    public Task<CloudAnswer> DeleteAsync(string path, CloudUser? user) => SendAsync("DELETE", path, "", user);

    /// <summary>One request as a user; who has no fresh token logs in first. Null is nobody.</summary>
    public async Task<CloudAnswer> SendAsync(string method, string path, string body, CloudUser? user)
    {
        var request = new CloudRequest(method, path, Encoding.UTF8.GetBytes(body));
        if (user is not null)
            request.Headers["X-Auth-Token"] = await TokenAsync(user);
        var answer = await SendAsync(request, CancellationToken.None);
        World.Log.Add($"{user?.Name ?? "-"} {request} {answer.Status}");
        return answer;
    }

    public async Task<string> TokenAsync(CloudUser user)
    {
        if (user.TokenAt(World.Time.GetUtcNow()) is { } token)
            return token;
        var login = new CloudRequest("POST", "/v3/auth/tokens", Encoding.UTF8.GetBytes(user.Login));
        var answer = (await SendAsync(login, CancellationToken.None)).Must(201);
        user.Keep(answer.Headers["X-Subject-Token"], World.Time.GetUtcNow());
        return answer.Headers["X-Subject-Token"];
    }

    /// <summary>An image, the flavors `small` and `huge`, and a network with a subnet for the project `demo`.</summary>
    public async Task FurnishAsync()
    {
        const string image =
            """{"name": "micro", "disk_format": "raw", "container_format": "bare", "visibility": "private"}""";
        Image = (await PostAsync("/image/v2/images", image, Demo)).Must(201).Text("id");
        await UploadAsync(Image, Demo);
        await AddFlavorAsync("small", vcpus: 1, ram: 512, disk: 1);
        await AddFlavorAsync("huge", vcpus: 8, ram: 50_000, disk: 1);
        Network = await AddNetworkAsync("private", "10.0.0.0/24", Demo);
    }

    /// <summary>An image that every project sees.</summary>
    public async Task AddPublicImageAsync()
    {
        const string image =
            """{"name": "micro", "disk_format": "raw", "container_format": "bare", "visibility": "public"}""";
        Image = (await PostAsync("/image/v2/images", image, Admin)).Must(201).Text("id");
        await UploadAsync(Image, Admin);
    }

    private async Task UploadAsync(string image, CloudUser owner)
    {
        var file = new CloudRequest("PUT", $"/image/v2/images/{image}/file", new byte[4096])
        {
            Headers = { ["X-Auth-Token"] = await TokenAsync(owner), ["Content-Type"] = "application/octet-stream" },
        };
        (await SendAsync(file, CancellationToken.None)).Must(204);
    }

    public async Task AddFlavorAsync(string id, int vcpus, int ram, int disk)
    {
        var flavor =
            $$$"""{"flavor": {"id": "{{{id}}}", "name": "{{{id}}}", "vcpus": {{{vcpus}}}, "ram": {{{ram}}}, "disk": {{{disk}}}}}""";
        (await PostAsync("/compute/v2.1/flavors", flavor, Admin)).Must(200);
    }

    public async Task<string> AddNetworkAsync(string name, string cidr, CloudUser user)
    {
        var network = $$$"""{"network": {"name": "{{{name}}}"}}""";
        var id = (await PostAsync("/network/v2.0/networks", network, user)).Must(201).Text("network", "id");
        var subnet = $$$"""{"subnet": {"network_id": "{{{id}}}", "cidr": "{{{cidr}}}", "ip_version": 4}}""";
        (await PostAsync("/network/v2.0/subnets", subnet, user)).Must(201);
        return id;
    }

    /// <summary>A member of a project of its own.</summary>
    public async Task<CloudUser> AddUserAsync(string name)
    {
        var project = $$$"""{"project": {"name": "{{{name}}}"}}""";
        var projectId = (await PostAsync("/v3/projects", project, Admin)).Must(201).Text("project", "id");
        var user = $$$"""{"user": {"name": "{{{name}}}", "password": "{{{name}}}-secret"}}""";
        var userId = (await PostAsync("/v3/users", user, Admin)).Must(201).Text("user", "id");
        var roles = (await GetAsync("/v3/roles?name=member", Admin)).Must(200).Json.GetProperty("roles");
        var role = roles[0].GetProperty("id").GetString();
        (await PutAsync($"/v3/projects/{projectId}/users/{userId}/roles/{role}", "", Admin)).Must(204);
        return new(name, $"{name}-secret", name);
    }

    /// <summary>The body of `POST /servers`.</summary>
    public string ServerOrder(
        string name = "one",
        string flavor = "small",
        string? image = null,
        string? network = null
    ) =>
        $$$"""
            {"server": {"name": "{{{name}}}", "flavorRef": "{{{flavor}}}", "imageRef": "{{{image ?? Image}}}",
             "networks": [{"uuid": "{{{network ?? Network}}}"}], "user_data": "{{{UserData}}}"}}
            """;

    /// <summary>Asks for a server and does not wait for it. A client whose connection breaks asks again with the same key.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateServerAsync(string name = "one", string flavor = "small")
    {
        var answer = await PostOnceAsync("/compute/v2.1/servers", ServerOrder(name, flavor));
        var id = answer.Must(202).Text("server", "id");
        World.Log.Add($"server {id} is accepted");
        return id;
    }

    /// <summary>Creates something as the tenant, once however often the connection breaks.</summary>
    public async Task<CloudAnswer> PostOnceAsync(string path, string body)
    {
        var key = World.Randomness.NewGuid().ToString();
        return await InsistAsync(async () =>
        {
            var request = new CloudRequest("POST", path, Encoding.UTF8.GetBytes(body))
            {
                Headers = { ["X-Auth-Token"] = await TokenAsync(Demo), ["Idempotency-Key"] = key },
            };
            return await SendAsync(request, CancellationToken.None);
        });
    }

    public async Task DeleteServerAsync(string id)
    {
        var answer = await InsistAsync(() => DeleteAsync($"/compute/v2.1/servers/{id}", Demo));
        if (answer.Status != 404) // gone already: asked for before the connection broke
            answer.Must(204);
    }

    /// <summary>Asks until somebody answers.</summary>
    public async Task<CloudAnswer> InsistAsync(Func<Task<CloudAnswer>> ask)
    {
        CloudAnswer? answer = null;
        await UntilAsync(async () => (answer = await ask()) is not null, "somebody answers");
        return answer!;
    }

    public Task<CloudAnswer> ActAsync(string id, string action) =>
        PostAsync($"/compute/v2.1/servers/{id}/action", action, Demo);

    public Task<CloudAnswer> ServerAsync(string id) => GetAsync($"/compute/v2.1/servers/{id}", Demo);

    /// <summary>The server's status; GONE when it is not there.</summary>
    public async Task<string> StatusAsync(string id)
    {
        var answer = await ServerAsync(id);
        return answer.Status == 404 ? "GONE" : answer.Must(200).Text("server", "status");
    }

    /// <summary>Asks again and again, also while nobody answers.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var last = World.Time.GetUtcNow() + Bound;
        while (!await HoldsAsync(condition))
        {
            if (World.Time.GetUtcNow() > last)
                throw new TimeoutException($"it did not come to it that {what}");
            await Task.Delay(Look, World.Time, CancellationToken.None);
        }
    }

    /// <summary>Waits until nothing is under way: every orchestration has ended, and all that was sent has arrived.</summary>
    public async Task IdleAsync()
    {
        await UntilAsync(
            async () => revivals.TrueForAll(r => r.IsCompleted) && await OpenAsync() == 0 && !Tally.Open.Any(),
            "all is done"
        );
        await Task.WhenAll(revivals);
    }

    /// <summary>Waits until nothing is under way, all hosts are up and were swept once more, and nothing came of it.</summary>
    public async Task SettleAsync()
    {
        await UntilAsync(async () => await UpAsync() == hosts.Count, "all hosts are up");
        await IdleAsync();
        await PassAsync(TimeSpan.FromSeconds(30)); // what has just ended is left for later
        foreach (var host in hosts)
            await UntilAsync(
                async () =>
                {
                    await host.AskForSweepAsync();
                    return true;
                },
                "a sweep is begun"
            );
        await IdleAsync();
    }

    /// <summary>Time passes.</summary>
    public Task PassAsync(TimeSpan span) => Task.Delay(span, World.Time, CancellationToken.None);

    /// <summary>All orchestrations of a server, oldest first.</summary>
    public async Task<IReadOnlyList<string>> HistoryAsync(string id) =>
        await Store.ReadAsync(tx =>
            tx.ListAsync<string>(
                "SELECT i.name || ' ' || i.status FROM instances i WHERE i.resource = @resource ORDER BY i.created_at, i.id",
                new { resource = $"server/{id}" }
            )
        );

    private static string UserData => Convert.ToBase64String("#!/bin/sh\n"u8);

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (Fault away) when (away.Code == FaultCode.Unavailable)
        {
            return false;
        }
    }

    private Task<long> OpenAsync() =>
        Store.ReadAsync(async tx =>
            await tx.ScalarAsync<long>(
                """
                SELECT (SELECT COUNT(*) FROM instances WHERE completed_at IS NULL) + (SELECT COUNT(*) FROM outbox)
                    + (SELECT COUNT(*) FROM tasks)
                """
            )
        );
}
