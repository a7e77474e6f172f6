using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Services.Tests.Host;

/// <summary>A little OpenTelemetry collector: keeps what is posted to it over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<(string Path, byte[] Body)> posted = [];
    private readonly WebApplication app;

    private Collector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel((KestrelServerOptions kestrel) => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(KeepAsync);
    }

    public string Endpoint =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector.app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>True when one export of traces holds all of these.</summary>
    public bool HasTrace(string traceId, params string[] texts)
    {
        lock (gate)
            return posted.Exists(p =>
                p.Path == "/v1/traces"
                && p.Body.AsSpan().IndexOf(Convert.FromHexString(traceId)) >= 0
                && Array.TrueForAll(texts, t => p.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(t)) >= 0)
            );
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (gate)
            posted.Add(($"{context.Request.Path}", body.ToArray()));
    }
}
