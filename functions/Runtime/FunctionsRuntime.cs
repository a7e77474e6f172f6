using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Runtime.Http;

namespace Pipeline.Runtime;

/// <summary>
/// Registers the runtime. The composition root adds TimeProvider, RequestIds, PublicUrl and an ITokens; services add their
/// functions, and their microversion table if they have one.
/// </summary>
public static class FunctionsRuntime
{
    public static IServiceCollection AddFunctionsRuntime(this IServiceCollection services, HostJson host)
    {
        services.AddSingleton(host);
        services.AddSingleton<FunctionCompiler>();
        services.AddSingleton(MakeTable);
        services.AddSingleton(MakePipeline);
        return services;
    }

    private static RouteTable MakeTable(IServiceProvider services)
    {
        var functions = services.GetServices<FunctionMethod>().ToList();
        var twice = functions.GroupBy(function => function.Name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new InvalidOperationException($"The name is taken twice: {string.Join(" and ", twice)}.");
        return new(services.GetRequiredService<FunctionCompiler>(), functions, services.GetServices<Microversions>());
    }

    private static FunctionsPipeline MakePipeline(IServiceProvider services)
    {
        var table = services.GetRequiredService<RouteTable>();
        var host = services.GetRequiredService<HostJson>();
        var hosts = services.GetService<AuthenticateHost>();
        if (hosts is null && table.Routes.FirstOrDefault(route => route.Require == Require.Host) is { } unguarded)
            throw new InvalidOperationException($"{unguarded.Function} needs an {nameof(AuthenticateHost)}.");
        var time = services.GetRequiredService<TimeProvider>();
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Pipeline.Functions");
        return new(
            new Router(table.Routes, host.RoutePrefix),
            new Authentication(services.GetRequiredService<ITokens>(), hosts),
            services.GetRequiredService<RequestIds>(),
            new FaultMapping(services.GetRequiredService<PublicUrl>(), logger),
            new BodyLimits(time),
            new FunctionTimeout(host.FunctionTimeout, time, stopping)
        );
    }
}
