using Microsoft.Extensions.DependencyInjection;
using Pipeline.Audit.Chains;

namespace Pipeline.Audit;

/// <summary>Audit: reads what every mutation has written of itself, and keeps the records in chains that show tampering.</summary>
public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<Sealer>();
        return services.AddFunctions(typeof(AuditModule).Assembly);
    }
}
