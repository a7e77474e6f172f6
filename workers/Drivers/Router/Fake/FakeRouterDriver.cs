using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Router.Fake;

/// <summary>Routers that are only records of a <see cref="FakeHost"/>.</summary>
public sealed class FakeRouterDriver(FakeHost host, string cloud) : IRouterDriver
{
    public string Name => "fake";

    public int Contract => DriverContract.Current;

    public Task<DriverReport> ProbeAsync(CancellationToken ct) =>
        Task.FromResult(new DriverReport(Ready: true, Problem: null, new SortedDictionary<string, string>()));

    public Task EnsureRouterAsync(
        HostRouter router,
        IReadOnlyDictionary<PortId, string?> devices,
        CancellationToken ct
    ) => host.DoAsync("EnsureRouter", $"{router.Id}", () => Ensure(router), ct);

    public Task RemoveRouterAsync(RouterId id, CancellationToken ct) =>
        host.DoAsync("RemoveRouter", $"{id}", () => IsOurs(id) && host.Routers.Remove($"{id}"), ct);

    public Task KeepAsync(CancellationToken ct) => Task.CompletedTask; // records do not die

    public Task<IReadOnlyList<RouterId>> ListRoutersAsync(CancellationToken ct) =>
        host.DoAsync("ListRouters", "", List, ct);

    private bool Ensure(HostRouter router)
    {
        RouterRules.Check(router, cloud);
        if (host.Routers.TryGetValue($"{router.Id}", out var known) && known.Cloud != cloud)
            throw Fault.Conflict($"router {router.Id} is held by another cloud on this host");
        host.Routers[$"{router.Id}"] = router;
        return true;
    }

    private IReadOnlyList<RouterId> List() =>
        [.. host.Routers.Values.Where(router => router.Cloud == cloud).Select(router => router.Id)];

    private bool IsOurs(RouterId id) => host.Routers.TryGetValue($"{id}", out var known) && known.Cloud == cloud;
}
