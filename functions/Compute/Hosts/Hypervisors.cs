using Pipeline.Compute.Servers;
using Pipeline.Contracts.Placement;
using Pipeline.Data;

namespace Pipeline.Compute.Hosts;

/// <summary>`os-hypervisors`: the compute hosts, for operators.</summary>
internal sealed class Hypervisors(Database db, IAllocations allocations, TimeProvider time)
{
    private const string Route = "compute/v2.1/os-hypervisors";

    [Function("compute-list-hypervisors"), Policy("os_compute_api:os-hypervisors:list", Require.Admin)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request
    ) => HypervisorView.All(await ReadAsync(), HypervisorView.WriteShort);

    [Function("compute-list-hypervisors-detail"), Policy("os_compute_api:os-hypervisors:list-detail", Require.Admin)]
    public async Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/detail")] HttpRequest request
    ) => HypervisorView.All(await ReadAsync(), HypervisorView.Write);

    [Function("compute-show-hypervisor-statistics"), Policy("os_compute_api:os-hypervisors:statistics", Require.Admin)]
    public async Task<IResult> StatisticsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/statistics")] HttpRequest request
    ) => HypervisorView.Sum(await ReadAsync());

    [Function("compute-show-hypervisor"), Policy("os_compute_api:os-hypervisors:show", Require.Admin)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request,
        string id
    ) => HypervisorView.One(await FindAsync(id), HypervisorView.Write);

    /// <summary>How long the host has been in service here, in the words of `uptime`.</summary>
    [Function("compute-show-hypervisor-uptime"), Policy("os_compute_api:os-hypervisors:uptime", Require.Admin)]
    public async Task<IResult> UptimeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}/uptime")] HttpRequest request,
        string id
    )
    {
        var found = await FindAsync(id);
        if (!found.Host.Up)
            throw Fault.BadRequest($"Service is unavailable at this time: host {found.Host.Name} is down.");
        var now = time.GetUtcNow();
        var text = $" {now:HH:mm:ss} up {(now - found.Host.ChangedAt).Days} days, {now - found.Host.ChangedAt:h\\:mm}";
        return HypervisorView.One(found, (w, h) => HypervisorView.WriteUptime(w, h, text));
    }

    [Function("compute-search-hypervisors"), Policy("os_compute_api:os-hypervisors:search", Require.Admin)]
    public async Task<IResult> SearchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{pattern}/search")] HttpRequest request,
        string pattern
    ) => HypervisorView.All(await MatchingAsync(pattern), HypervisorView.WriteShort);

    [Function("compute-list-hypervisor-servers"), Policy("os_compute_api:os-hypervisors:servers", Require.Admin)]
    public async Task<IResult> ServersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{pattern}/servers")] HttpRequest request,
        string pattern
    )
    {
        var hosts = await MatchingAsync(pattern);
        var servers = await db.ReadAsync(tx => tx.ListServersOnAsync([.. hosts.Select(h => h.Host.Id)]));
        return HypervisorView.All(hosts, (w, h) => HypervisorView.WriteServers(w, h, servers));
    }

    private Task<IReadOnlyList<Hypervisor>> ReadAsync() =>
        db.ReadAsync(async tx =>
        {
            var hosts = await allocations.ListHostsAsync(tx);
            var running = (await tx.CountServersByHostAsync()).ToDictionary(c => c.HostId, c => (int)c.Servers);
            return (IReadOnlyList<Hypervisor>)
                [.. hosts.Select(h => new Hypervisor(h, running.GetValueOrDefault(h.Id)))];
        });

    private async Task<Hypervisor> FindAsync(string id) =>
        (await ReadAsync()).FirstOrDefault(h => $"{HostNumber.Of(h.Host.Id)}" == id)
        ?? throw Fault.NotFound($"Compute host {id} could not be found.");

    private async Task<IReadOnlyList<Hypervisor>> MatchingAsync(string pattern)
    {
        var found = (await ReadAsync()).Where(h => h.Host.Name.Contains(pattern, StringComparison.Ordinal)).ToList();
        return found.Count > 0 ? found : throw Fault.NotFound($"No hypervisor matching '{pattern}' could be found.");
    }
}

/// <param name="Servers">How many servers it holds.</param>
internal sealed record Hypervisor(HostView Host, int Servers);
