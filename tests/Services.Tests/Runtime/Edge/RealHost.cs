using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;
using Pipeline.Runtime.Edge;
using Pipeline.Runtime.Logging;

namespace Pipeline.Services.Tests.Runtime.Edge;

/// <summary>The functions host on real sockets, with some functions; its folder and its ports go away with it.</summary>
internal sealed class RealHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string root;

    private RealHost(WebApplication app, string root, MemoryStream logs)
    {
        this.app = app;
        this.root = root;
        Logs = logs;
        (Api, Management) = FunctionsHost.AddressesOf(app);
        Client = new() { BaseAddress = Api, Timeout = TimeSpan.FromSeconds(30) };
    }

    public Uri Api { get; }

    public Uri Management { get; }

    public HttpClient Client { get; }

    public MemoryStream Logs { get; }

    public IServiceProvider Services => app.Services;

    public static Task<RealHost> StartAsync(params Type[] functions) => StartAsync(_ => { }, functions);

    public static Task<RealHost> StartAsync(Action<IServiceCollection> add, params Type[] functions) =>
        StartAsync([], add, functions);

    public static Task<RealHost> StartAsync(string[] args, Action<IServiceCollection> add, params Type[] functions) =>
        StartAsync("""{ "version": "2.0" }""", args, add, functions);

    /// <param name="hostJson">What `host.json` holds.</param>
    public static async Task<RealHost> StartAsync(
        string hostJson,
        string[] args,
        Action<IServiceCollection> add,
        params Type[] functions
    )
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-host-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "host.json"), hostJson);
        var builder = FunctionsHost.CreateBuilder(folder, ["--port", "0", "--management-port", "0", .. args]);
        var logs = new MemoryStream();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(new JsonLines(logs, TimeProvider.System));
        builder.Services.AddSingleton<ITokens, OneToken>();
        builder.Services.AddFunctions(functions);
        add(builder.Services);
        var made = FunctionsHost.Build(builder);
        await made.StartAsync(TestContext.Current.CancellationToken);
        return new(made, folder, logs);
    }

    /// <summary>A bare connection, for what an HTTP client would not send.</summary>
    public async Task<Wire> ConnectAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Api.Port, TestContext.Current.CancellationToken);
        return new(socket);
    }

    public Task StopAsync() => app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private sealed class OneToken : ITokens
    {
        public ValueTask<Caller?> AuthenticateAsync(string token) =>
            ValueTask.FromResult(token == "good" ? FunctionsWorld.CallerOf("member") : null);
    }
}

/// <summary>One HTTP/1.1 connection, a line at a time.</summary>
internal sealed class Wire(TcpClient socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly NetworkStream stream = socket.GetStream();

    public async Task SendAsync(string text) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")), Token);

    /// <summary>The next line without its end; null at the end of the connection.</summary>
    public async Task<string?> LineAsync()
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Token);
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, either.Token) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return line.Length > 0 ? line.ToString() : null;
    }

    /// <summary>Status line and headers of the next answer.</summary>
    public async Task<List<string>> HeadAsync()
    {
        var head = new List<string>();
        while (await LineAsync() is { Length: > 0 } line)
            head.Add(line);
        return head;
    }

    public void Dispose() => socket.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
