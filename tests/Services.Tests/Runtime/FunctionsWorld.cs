using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime;

/// <summary>The real pipeline over some functions, called in process on plain contexts.</summary>
internal sealed class FunctionsWorld : IDisposable
{
    public const string Project = "0123456789abcdef0123456789abcdef";
    public static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(5);
    private readonly ServiceProvider services;
    private int drawn;

    public FunctionsWorld(Action<IServiceCollection> add, params Type[] functions)
    {
        var collection = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(new RequestIds(() => new Guid(++drawn, 0, 0, new byte[8])))
            .AddSingleton(new PublicUrl(null, new Proxies([])))
            .AddSingleton<ITokens>(new KnownTokens())
            .AddFunctionsRuntime(HostJson.Default with { FunctionTimeout = FunctionTimeout })
            .AddFunctions(functions);
        add(collection);
        services = collection.BuildServiceProvider();
        Pipeline = services.GetRequiredService<FunctionsPipeline>();
    }

    public FunctionsWorld(params Type[] functions)
        : this(_ => { }, functions) { }

    public ManualTime Time { get; } = new();

    public FunctionsPipeline Pipeline { get; }

    public Policies Policies => services.GetRequiredService<Policies>();

    public RouteTable Routes => services.GetRequiredService<RouteTable>();

    public static Caller CallerOf(params string[] roles) =>
        new(
            new("user"),
            "user",
            new("default"),
            new ProjectId(Project),
            null,
            roles,
            "audit-id",
            DateTimeOffset.UnixEpoch.AddYears(100)
        );

    public async Task<Seen> SendAsync(
        string method,
        string target,
        string? token = "member",
        string? body = null,
        Action<HttpContext>? prepare = null
    )
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new("cloud.example:7071");
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        if (target.IndexOf('?') is > 0 and var query)
            context.Request.QueryString = new(target[query..]);
        if (token is not null)
            context.Request.Headers["X-Auth-Token"] = token;
        if (body is not null)
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var sent = new MemoryStream();
        context.Response.Body = sent;
        prepare?.Invoke(context);
        await Pipeline.InvokeAsync(context);
        return new(context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(sent.ToArray()));
    }

    /// <summary>Starts timers and queues.</summary>
    public async Task StartAsync()
    {
        foreach (var trigger in services.GetServices<IHostedService>())
            await trigger.StartAsync(TestContext.Current.CancellationToken);
    }

    public Task StopAsync() => StopWithinAsync(TestContext.Current.CancellationToken);

    public async Task StopWithinAsync(CancellationToken patience)
    {
        foreach (var trigger in services.GetServices<IHostedService>())
            await trigger.StopAsync(patience);
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public void Dispose() => services.Dispose();

    private sealed class KnownTokens : ITokens
    {
        public ValueTask<Caller?> AuthenticateAsync(string token) =>
            ValueTask.FromResult(
                token switch
                {
                    "admin" or "manager" or "member" or "reader" => CallerOf(token),
                    "stranger" => CallerOf("auditor"),
                    "unscoped" => CallerOf("member") with { ProjectId = null },
                    _ => null,
                }
            );
    }
}

internal sealed record Seen(int Status, IHeaderDictionary Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);
}
