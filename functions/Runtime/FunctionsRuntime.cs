using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Runtime.Http;
using Pipeline.Runtime.Queues;
using Pipeline.Runtime.Timers;

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
        services.AddSingleton(provider => new Policies(provider.GetServices<FunctionMethod>()));
        services.AddSingleton(MakeTable);
        services.AddSingleton(MakePipeline);
        services.AddSingleton(MakeRunner);
        services.AddSingleton<QueueDoorbell>();
        services.AddSingleton<IHostedService>(MakeTimers);
        services.AddSingleton(MakeQueueFunctions);
        services.AddSingleton(MakeDeadMessages);
        services.AddSingleton<IHostedService>(MakeQueues);
        return services;
    }

    private static RouteTable MakeTable(IServiceProvider services)
    {
        var functions = services.GetServices<FunctionMethod>().ToList();
        var twice = functions
            .DistinctBy(function => function.Method)
            .GroupBy(function => function.Name)
            .FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new InvalidOperationException($"The name is taken twice: {string.Join(" and ", twice)}.");
        return new(services.GetRequiredService<FunctionCompiler>(), functions, services.GetServices<Microversions>());
    }

    private static FunctionRunner MakeRunner(IServiceProvider services) =>
        new(
            services.GetRequiredService<HostJson>().FunctionTimeout,
            services.GetRequiredService<TimeProvider>(),
            LoggerOf(services)
        );

    private static TimerTriggers MakeTimers(IServiceProvider services)
    {
        var compiler = services.GetRequiredService<FunctionCompiler>();
        var settings = SettingsOf(services);
        var time = services.GetRequiredService<TimeProvider>();
        var timers = services
            .GetServices<FunctionMethod>()
            .Where(function => function.Trigger is TimerTriggerAttribute)
            .Select(function => TimerFunction.Of(compiler, function, settings, time.GetUtcNow()));
        return new([.. timers], services.GetRequiredService<FunctionRunner>(), time);
    }

    private static QueueFunctions MakeQueueFunctions(IServiceProvider services)
    {
        var compiler = services.GetRequiredService<FunctionCompiler>();
        var functions = services
            .GetServices<FunctionMethod>()
            .Where(function => function.Trigger is QueueTriggerAttribute)
            .Select(function => QueueFunction.Of(compiler, function, services));
        return new([.. functions]);
    }

    private static DeadMessages MakeDeadMessages(IServiceProvider services) =>
        new(
            services.GetRequiredService<Database>(),
            services.GetRequiredService<DurableTaskClient>(),
            services.GetRequiredService<QueueFunctions>()
        );

    private static QueueTriggers MakeQueues(IServiceProvider services)
    {
        var doorbell = services.GetRequiredService<QueueDoorbell>();
        // Functions without a cloud have queues alone.
        var letters = services.GetService<DurableTaskClient>() is null
            ? null
            : services.GetRequiredService<DeadMessages>();
        var functions = services.GetRequiredService<QueueFunctions>();
        var pollers = functions.All.Select(function => new QueuePoller(
            function,
            functions.PoisonOf(function, letters),
            services.GetRequiredService<HostJson>().Queues,
            services.GetRequiredService<FunctionRunner>(),
            doorbell.Hang(function.Queue),
            services.GetRequiredService<TimeProvider>(),
            LoggerOf(services)
        ));
        return new([.. pollers], services.GetRequiredService<TimeProvider>());
    }

    /// <summary>Triggers may name settings; a simulation has none.</summary>
    internal static IConfiguration SettingsOf(IServiceProvider services) =>
        services.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build();

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Pipeline.Functions");

    private static FunctionsPipeline MakePipeline(IServiceProvider services)
    {
        var table = services.GetRequiredService<RouteTable>();
        var host = services.GetRequiredService<HostJson>();
        var hosts = services.GetService<AuthenticateHost>();
        if (hosts is null && table.Routes.FirstOrDefault(route => route.Require == Require.Host) is { } unguarded)
            throw new InvalidOperationException($"{unguarded.Function} needs an {nameof(AuthenticateHost)}.");
        var time = services.GetRequiredService<TimeProvider>();
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        return new(
            new Router(table.Routes, services.GetServices<RouteAlias>(), host.RoutePrefix),
            new Authentication(services.GetRequiredService<ITokens>(), hosts),
            services.GetRequiredService<Policies>(),
            services.GetRequiredService<RequestIds>(),
            new FaultMapping(services.GetRequiredService<PublicUrl>(), LoggerOf(services)),
            new BodyLimits(time),
            new FunctionTimeout(host.FunctionTimeout, time, stopping),
            time,
            services.GetService<Cors>(),
            host.RateLimit is { } rate ? new ProjectRates(rate) : null
        );
    }
}
