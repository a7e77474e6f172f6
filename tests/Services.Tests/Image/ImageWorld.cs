using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Identity;
using Pipeline.Contracts.Placement;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Image;
using Pipeline.Runtime;
using Pipeline.Runtime.Storage;
using Pipeline.Services.Tests.Runtime;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Image;

/// <summary>The image service over the real pipeline, a database file and blobs of its own.</summary>
internal sealed class ImageWorld : IAsyncDisposable
{
    public const string Mine = "11111111111111111111111111111111";
    public const string Theirs = "22222222222222222222222222222222";
    public static readonly HostId Host = new(new Guid(7, 0, 0, new byte[8]));
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-image-").FullName;
    private readonly ServiceProvider services;
    private readonly FunctionsPipeline pipeline;
    private int drawn;

    public ImageWorld(IBlobs? blobs = null, long maxBytes = 1 << 30)
    {
        Database = TestDatabases.Open(Path.Combine(folder, "cloud.db"), Time, new ThreadCommitLoop());
        Blobs = new WatchedBlobs(blobs ?? new MemoryBlobs(Time, Next));
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Database)
            .AddSingleton(Randomness.Seeded(1))
            .AddSingleton(new RequestIds(Next))
            .AddSingleton(new PublicUrl(new Uri("http://cloud.example"), new Proxies([])))
            .AddSingleton<ITokens>(new KnownTokens())
            .AddSingleton<AuthenticateHost>((_, _) => ValueTask.FromResult<HostId?>(Host))
            .AddSingleton<IAllocations>(new OneHost())
            .AddSingleton(new ImageBlobs(Blobs))
            .AddSingleton(new ImageLimits(maxBytes))
            .AddSingleton(new DurableAssembly(typeof(IHosts).Assembly, ContractsJson.Default))
            .AddSingleton<EngineParts>()
            .AddSingleton<DurableTaskClient>()
            .AddSingleton(new EngineOptions())
            .AddSingleton<DurableEngine>()
            .AddFunctionsRuntime(HostJson.Default)
            .AddImage()
            .BuildServiceProvider();
        pipeline = services.GetRequiredService<FunctionsPipeline>();
    }

    public ManualTime Time { get; } = new();

    public Database Database { get; }

    public WatchedBlobs Blobs { get; }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static async Task<ImageWorld> StartAsync(IBlobs? blobs = null, long maxBytes = 1 << 30)
    {
        var world = new ImageWorld(blobs, maxBytes);
        await world.Blobs.CreateAsync();
        return world;
    }

    /// <param name="token">`{project}:{role}` with the projects `mine` and `theirs`.</param>
    public async Task<Got> SendAsync(
        string method,
        string path,
        string? body = null,
        string token = "mine:member",
        Action<HttpRequest>? prepare = null
    )
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        var query = path.IndexOf('?');
        request.Method = method;
        request.Path = query < 0 ? path : path[..query];
        request.QueryString = new(query < 0 ? "" : path[query..]);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        request.Headers["X-Auth-Token"] = token;
        if (body is not null)
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var sent = new MemoryStream();
        context.Response.Body = sent;
        prepare?.Invoke(request);
        await pipeline.InvokeAsync(context);
        return new(context.Response.StatusCode, context.Response.Headers, sent.ToArray());
    }

    /// <summary>A queued image; its id.</summary>
    public async Task<string> CreateAsync(string fields = "", string format = "raw", string token = "mine:member")
    {
        var body = $$"""{"name":"one","disk_format":"{{format}}","container_format":"bare"{{fields}}}""";
        var got = await SendAsync("POST", "/image/v2/images", body, token);
        Assert.Equal(201, got.Status);
        return got.Json.GetProperty("id").GetString()!;
    }

    public Task<Got> UploadAsync(string id, Stream content, string token = "mine:member", long? length = null) =>
        SendAsync(
            "PUT",
            $"/image/v2/images/{id}/file",
            null,
            token,
            request =>
            {
                request.Body = content;
                request.ContentLength = length;
                request.ContentType = "application/octet-stream";
            }
        );

    public Task<Got> UploadAsync(string id, byte[] content) => UploadAsync(id, new MemoryStream(content));

    public async Task<JsonElement> ShowAsync(string id, string token = "mine:member")
    {
        var got = await SendAsync("GET", $"/image/v2/images/{id}", null, token);
        Assert.Equal(200, got.Status);
        return got.Json;
    }

    public async Task<string> StatusOfAsync(string id) => (await ShowAsync(id)).GetProperty("status").GetString()!;

    public Task<Got> PatchAsync(
        string id,
        string patch,
        string token = "mine:member",
        string contentType = "application/openstack-images-v2.1-json-patch"
    ) => SendAsync("PATCH", $"/image/v2/images/{id}", patch, token, request => request.ContentType = contentType);

    public async Task<string> NamesAsync(string query = "", string token = "mine:member")
    {
        var got = await SendAsync("GET", $"/image/v2/images{query}", null, token);
        Assert.Equal(200, got.Status);
        var images = got.Json.GetProperty("images").EnumerateArray();
        return string.Join(" ", images.Select(image => image.GetProperty("name").GetString()));
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Guid Next() => new(Interlocked.Increment(ref drawn), 0, 0, new byte[8]);

    private sealed class KnownTokens : ITokens
    {
        public ValueTask<Caller?> AuthenticateAsync(string token)
        {
            var project = token.StartsWith("mine") ? Mine : Theirs;
            var caller = new Caller(
                new("user"),
                "user",
                new("default"),
                new ProjectId(project),
                null,
                [token.Split(':')[1]],
                "audit-id",
                DateTimeOffset.UnixEpoch.AddYears(100)
            );
            return ValueTask.FromResult<Caller?>(caller);
        }
    }

    private sealed class OneHost : IAllocations
    {
        public ValueTask<IReadOnlyList<HostView>> ListHostsAsync(Tx tx)
        {
            var none = new Resources(0, 0, 0);
            var host = new HostView(Host, "host-7", true, true, none, none, new Dictionary<string, string>());
            return ValueTask.FromResult<IReadOnlyList<HostView>>([host]);
        }

        public ValueTask<Allocation?> TryClaimAsync(Tx t, ServerId s, ProjectId p, Candidate c, Resources w) =>
            throw new InvalidOperationException("images claim nothing");

        public ValueTask ReleaseAsync(Tx tx, ServerId server) =>
            throw new InvalidOperationException("images claim nothing");
    }
}

internal sealed record Got(int Status, IHeaderDictionary Headers, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonElement.Parse(Body);

    public GoldenAnswer Answer =>
        new(Status, Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString())), Body);
}
