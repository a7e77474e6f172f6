using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Placement;
using Pipeline.Placement.Allocations;
using Pipeline.Placement.Hosts;

namespace Pipeline.Placement;

/// <summary>Placement: the hosts of the cloud, what they have, and who holds how much of it.</summary>
public static class PlacementModule
{
    public static IServiceCollection AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton<HostDirectory>();
        services.AddSingleton<IHosts>(s => s.GetRequiredService<HostDirectory>());
        services.AddSingleton<IAllocations, HostAllocations>();
        return services.AddFunctions(typeof(PlacementModule).Assembly);
    }
}
