using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Placement;
using Pipeline.Durable.Hub;
using Pipeline.Placement.Allocations;
using Pipeline.Placement.Hosts;
using Pipeline.Placement.Ledger;

namespace Pipeline.Placement;

/// <summary>Placement: the hosts of the cloud, what they have, and who holds how much of it.</summary>
public static class PlacementModule
{
    public static IServiceCollection AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton<HostDirectory>();
        services.AddSingleton<IHosts>(s => s.GetRequiredService<HostDirectory>());
        services.AddSingleton<IAllocations, HostAllocations>();
        services.TryAddSingleton(new SweepOptions(SweepOptions.Usual));
        services.AddSingleton<SweepBook>();
        services.AddSingleton<LedgerReader>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<MetricsSampler>(s => s.GetRequiredService<LedgerMetrics>().WriteAsync);
        services.AddSingleton(new DurableAssembly(typeof(PlacementModule).Assembly, PlacementDurableJson.Default));
        return services.AddFunctions(typeof(PlacementModule).Assembly);
    }
}
