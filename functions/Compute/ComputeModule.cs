using Microsoft.Extensions.DependencyInjection;
using Pipeline.Compute.Interfaces;
using Pipeline.Compute.Metadata;
using Pipeline.Compute.Quotas;
using Pipeline.Compute.SecurityGroups;
using Pipeline.Compute.Servers;
using Pipeline.Compute.Servers.Actions;
using Pipeline.Compute.Sweeps;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Hosts;
using Pipeline.Durable.Hub;

namespace Pipeline.Compute;

/// <summary>Compute: servers, flavors and key pairs, with Nova's API.</summary>
public static class ComputeModule
{
    public static IServiceCollection AddCompute(this IServiceCollection services)
    {
        services.AddSingleton(new CatalogEntry("compute", "nova", "/compute/v2.1"));
        services.AddSingleton(ComputeVersions.Table);
        services.AddSingleton(new DurableAssembly(typeof(ComputeModule).Assembly, ComputeJson.Default));
        services.AddSingleton<ILedger, ServerLedger>();
        services.AddSingleton<Scheduler>();
        services.AddSingleton<ServerOperations>();
        services.AddSingleton<IServerAction, StartServerAction>();
        services.AddSingleton<IServerAction, StopServerAction>();
        services.AddSingleton<IServerAction, RebootServerAction>();
        services.AddSingleton<IServerAction, GetConsoleOutputAction>();
        services.AddSingleton<IServerAction, LockServerAction>();
        services.AddSingleton<IServerAction, UnlockServerAction>();
        services.AddSingleton<IServerAction, ResetStateAction>();
        services.AddSingleton<IServerAction, AddSecurityGroupAction>();
        services.AddSingleton<IServerAction, RemoveSecurityGroupAction>();
        services.AddSingleton<IProjectHoldings, ProjectServers>();
        services.AddSingleton<VolumeOperations>();
        services.AddSingleton<ServerDisks>();
        services.AddSingleton<ServerMetadata>();
        services.AddSingleton<ServerPorts>();
        foreach (var kind in ComputeQuotas.All)
            services.AddSingleton(kind);
        return services.AddFunctions(typeof(ComputeModule).Assembly);
    }
}
