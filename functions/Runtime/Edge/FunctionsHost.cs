using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Pipeline.Data;
using Pipeline.Runtime.Http;
using Pipeline.Runtime.Logging;
using Pipeline.Runtime.Metrics;
using Pipeline.Runtime.Settings;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Edge;

/// <summary>
/// The functions host's process: settings, Kestrel without its habits, logs, metrics, and the runtime. The composition root
/// adds the services to the builder, and runs what <see cref="Build"/> makes of it.
/// </summary>
public static class FunctionsHost
{
    /// <param name="root">The folder that holds `host.json` and perhaps `local.settings.json`.</param>
    /// <exception cref="Fault">BadRequest with a sentence for the operator when a setting is wrong.</exception>
    public static WebApplicationBuilder CreateBuilder(string root, string[] args)
    {
        var host = HostJsonFile.Load(Path.Combine(root, "host.json"));
        var local = LocalSettings.Load(Path.Combine(root, "local.settings.json"));
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = root, ApplicationName = "Pipeline.Functions" }
        );
        local
            .AddTo(builder.Configuration)
            .AddCommandLine(args, new Dictionary<string, string>(ListenSettings.Switches));
        var listen = ListenSettings.Of(builder.Configuration, local);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, listen));
        AddLogging(builder.Logging, host);
        AddServices(builder.Services, host, local, listen);
        return builder;
    }

    /// <summary>The application: its API listener runs functions, its management listener answers operators.</summary>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        var pipeline = app.Services.GetRequiredService<FunctionsPipeline>();
        var management = app.Services.GetRequiredService<Management>();
        app.Services.GetRequiredService<TraceIds>();
        var managementPort = app.Services.GetRequiredService<ListenSettings>().Management.Port;
        app.Lifetime.ApplicationStarted.Register(() => managementPort = AddressesOf(app).Management.Port);
        app.Run(context =>
            context.Connection.LocalPort == managementPort
                ? management.InvokeAsync(context)
                : pipeline.InvokeAsync(context)
        );
        return app;
    }

    /// <summary>Where it listens, once started.</summary>
    public static (Uri Api, Uri Management) AddressesOf(WebApplication app)
    {
        var server = app.Services.GetRequiredService<IServer>();
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return (new(addresses[0]), new(addresses[^1])); // in the order of the Listen calls
    }

    private static void Configure(KestrelServerOptions kestrel, ListenSettings listen)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyLimitAttribute.Default; // a function's own limit replaces it
        kestrel.Limits.MaxRequestLineSize = 64 * 1024; // Neutron's clients ask for hundreds of ids in one query
        foreach (var address in listen.Api)
            kestrel.Listen(address, api => listen.Certificate?.Use(api));
        kestrel.Listen(listen.Management);
    }

    private static void AddLogging(ILoggingBuilder logging, HostJson host)
    {
        logging.SetMinimumLevel(host.LogLevels.GetValueOrDefault("default", LogLevel.Information));
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It would make a span and a scope for every request; the pipeline makes its own.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        foreach (var (category, level) in host.LogLevels)
            if (category != "default")
                logging.AddFilter(category, level);
        logging.Services.AddSingleton<ILoggerProvider>(services => new JsonLines(
            BoundedLog.OfStandardOutput(),
            services.GetRequiredService<TimeProvider>()
        ));
    }

    private static void AddServices(
        IServiceCollection services,
        HostJson host,
        LocalSettings local,
        ListenSettings listen
    )
    {
        var proxies = new Proxies(listen.Proxies);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Randomness.Secure());
        services.AddSingleton(provider => new RequestIds(provider.GetRequiredService<Randomness>().NewGuid));
        services.AddSingleton(listen);
        services.AddSingleton(proxies);
        services.AddSingleton(new PublicUrl(listen.PublicUrl, proxies));
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<TraceIds>();
        services.AddSingleton(provider => new Management(
            provider.GetServices<Readiness>(),
            provider.GetServices<MetricsSampler>(),
            provider.GetRequiredService<MetricRegistry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().ApplicationStopping
        ));
        if (local.Cors.Count > 0)
            services.AddSingleton(new Cors(local.Cors, local.CorsCredentials));
        services.AddFunctionsRuntime(host);
    }
}
