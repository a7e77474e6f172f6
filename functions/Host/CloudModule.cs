using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Audit;
using Pipeline.BlockStorage;
using Pipeline.BlockStorage.Backups;
using Pipeline.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;
using Pipeline.Functions.Durable;
using Pipeline.Functions.Keys;
using Pipeline.Identity;
using Pipeline.Image;
using Pipeline.Network;
using Pipeline.Placement;
using Pipeline.Placement.Allocations;
using Pipeline.Runtime;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Metrics;
using Pipeline.Runtime.Storage;

namespace Pipeline.Functions;

/// <summary>What a cloud stands on; the rest of it is the same in production and in a simulation.</summary>
public sealed record CloudParts(
    Database Database,
    Cloud Cloud,
    KeyRing Ring,
    Vault Vault,
    ControlKeys Keys,
    IQueues Queues,
    IBlobs Payloads,
    IBlobs Images,
    IBlobs Backups,
    QueueGrants Grants,
    IdentityOptions Identity
);

/// <summary>Puts a cloud together: every service, the engine, and what sends its messages to hosts.</summary>
public static class CloudModule
{
    public static IServiceCollection AddCloud(this IServiceCollection services, CloudParts parts)
    {
        services.AddSingleton(parts.Database);
        services.AddSingleton(parts.Cloud);
        services.AddSingleton(parts.Ring);
        services.AddSingleton(parts.Vault);
        services.AddSingleton<SecretRotation>();
        services.AddSingleton(parts.Keys);
        services.AddSingleton(parts.Queues);
        services.AddSingleton(parts.Grants);
        services.AddSingleton(new Payloads(parts.Payloads));
        services.AddSingleton(new ImageBlobs(parts.Images));
        services.AddSingleton(new BackupBlobs(parts.Backups));
        services.AddSingleton(new Ratios());
        services.AddSingleton(new PolicyFilePath(null));
        services.AddSingleton<PolicyOverrides>();
        AddDurable(services);
        services.AddSingleton<HostConnections>();
        services.AddSingleton<HostHints>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddSingleton<HostAuthentication>();
        services.AddSingleton<MetricsSampler>(new CloudGauges(parts.Database).WriteAsync);
        services.AddSingleton<AuthenticateHost>(s => s.GetRequiredService<HostAuthentication>().AuthenticateAsync);
        services.AddFunctions(typeof(HostConnections).Assembly);
        services.AddIdentity(parts.Identity);
        services.AddImage().AddNetwork().AddPlacement().AddBlockStorage().AddCompute().AddAudit();
        return services.AddFunctions(typeof(CloudModule).Assembly);
    }

    private static void AddDurable(IServiceCollection services)
    {
        services.AddSingleton(new DurableAssembly(typeof(IHosts).Assembly, ContractsJson.Default));
        services.AddSingleton<EngineParts>();
        services.AddSingleton<DurableTaskClient>();
        services.AddSingleton<InstanceReader>();
        services.AddSingleton<ProgressEstimates>();
        services.AddSingleton<InstanceFollower>();
        services.AddSingleton<InstanceVerb>();
        services.AddSingleton<KeyView>();
        services.AddSingleton<KnownHosts>();
        services.AddSingleton(s =>
        {
            var settings = s.GetRequiredService<HostJson>().DurableTask;
            return new EngineOptions(
                settings.MaxConcurrentOrchestratorFunctions,
                settings.MaxConcurrentActivityFunctions
            )
            {
                Retention = settings.Retention,
                Lease = s.GetRequiredService<Database>().IsShared ? new(NewName(s), settings.LeaseInterval) : null,
            };
        });
        services.AddSingleton<DurableEngine>();
        services.AddSingleton<IHostedService, CloudWorkers>();
    }

    /// <summary>Readable, and never that of an earlier process.</summary>
    private static string NewName(IServiceProvider services) =>
        $"{Environment.MachineName}-{services.GetRequiredService<Randomness>().NewGuid():N}";

    /// <summary>The engine and the outbox, for as long as the process serves.</summary>
    private sealed class CloudWorkers(DurableEngine engine, OutboxDispatcher outbox, ILogger<CloudWorkers> logger)
        : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            engine.Start();
            outbox.Start();
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await engine.StopAsync();
            await outbox.StopAsync();
            logger.LogInformation("the engine has stopped; what is not done is found again at the next start");
        }
    }
}
