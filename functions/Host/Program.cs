using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Functions;
using Pipeline.Placement.Ledger;
using Pipeline.Runtime;
using Pipeline.Runtime.Edge;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(HostUsage.Text);
    return 0;
}
try
{
    var builder = FunctionsHost.CreateBuilder(AppSettings.RootOf(args), args);
    var settings = AppSettings.Of(builder.Configuration);
    using var storage = CloudStorage.Open(settings, TimeProvider.System);
    using var tracing = FunctionsTracing.Start();
    var parts = await storage.PartsAsync(settings);
    builder.Services.AddSingleton(new SweepOptions(settings.SweepEvery));
    builder.Services.AddCloud(parts);
    builder.Services.AddSingleton(settings.Weighers);
    builder.Services.AddSingleton(settings.Zones);
    builder.Services.AddSingleton(settings.Network);
    builder.Services.AddSingleton(new PolicyFilePath(Path.Combine(settings.Data, "policy.yaml")));
    await using var app = FunctionsHost.Build(builder);
    app.Services.GetRequiredService<PolicyOverrides>().Load();
    await FirstStartFile.EnsureAsync(app.Services, settings);
    await app.StartAsync();
    var (api, management) = FunctionsHost.AddressesOf(app);
    app.Services.GetRequiredService<ILoggerFactory>()
        .CreateLogger("Pipeline.Functions")
        .LogInformation("serving {Api}, management {Management}, cloud {Cloud}", api, management, parts.Cloud.Id);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Fault fault)
{
    await Console.Error.WriteLineAsync($"functions host: {fault.Message}");
    return 2;
}
