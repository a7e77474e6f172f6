using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Contracts.Identity;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Identity;
using Pipeline.Identity.Bootstrap;
using Pipeline.Runtime;
using Pipeline.Services.Tests.Runtime;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Identity;

/// <summary>One cloud's identity: a database in a temporary folder, and as many functions hosts over it as a test wants.</summary>
internal sealed class IdentityWorld : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-identity-").FullName;
    private readonly List<IdentityHost> hosts = [];
    private readonly ThreadCommitLoop commits = new();

    private IdentityWorld(int seed, bool postgres)
    {
        Randomness = Randomness.Seeded(seed);
        Database = postgres
            ? TestDatabases.OpenPostgres(Time)
            : TestDatabases.Open(Path.Combine(folder, "cloud.db"), Time, commits);
        Options = new() { PasswordIterations = 1000 };
    }

    public ManualTime Time { get; } = new();

    public Randomness Randomness { get; }

    public Database Database { get; }

    public Vault Vault { get; } = new(new byte[32], Randomness.Seeded(5));

    public Cloud Cloud { get; private set; } = new();

    public IdentityOptions Options { get; set; }

    public FirstPasswords Passwords { get; private set; } = new("", "");

    /// <summary>The first functions host.</summary>
    public IdentityHost Host => hosts[0];

    /// <summary>What the first functions host began with; each has a ring of its own.</summary>
    public KeyRing Ring { get; private set; } = null!;

    public static async Task<IdentityWorld> StartAsync(
        int seed = 1,
        Func<IdentityOptions, IdentityOptions>? with = null,
        bool postgres = false
    )
    {
        var world = new IdentityWorld(seed, postgres);
        try
        {
            world.Options = with?.Invoke(world.Options) ?? world.Options;
            await world.BeginAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public IdentityHost NewHost()
    {
        var services = new ServiceCollection()
            .AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Randomness)
            .AddSingleton(Database)
            .AddSingleton(Cloud)
            .AddSingleton(Ring.Over(Database))
            .AddSingleton(Vault)
            .AddSingleton<EngineParts>()
            .AddSingleton<DurableTaskClient>()
            .AddSingleton(new RequestIds(Randomness.NewGuid))
            .AddSingleton(new Proxies([]))
            .AddSingleton(provider => new PublicUrl(null, provider.GetRequiredService<Proxies>()))
            .AddIdentity(Options)
            .AddSingleton(new CatalogEntry("compute", "nova", "/compute/v2.1"))
            .AddSingleton(new QuotaKind("compute", "servers", "instances", 10, "Servers."))
            .AddSingleton(new QuotaKind("compute", "class:VCPU", "cores", 20, "Virtual CPUs."))
            .AddSingleton(new CatalogEntry("volumev3", "cinderv3", "/volume/v3/$(project_id)s"))
            .AddFunctionsRuntime(HostJson.Default)
            .BuildServiceProvider();
        hosts.Add(new(this, services));
        return hosts[^1];
    }

    private async Task BeginAsync()
    {
        Cloud = await Cloud.EnsureAsync(Database, Randomness);
        var drawn = Randomness.Bytes(48); // so many, because the ids in goldens are those that follow
        Ring = await KeyRing.OpenAsync(Database, drawn[16..], Time, Randomness.Seeded(6));
        await NewHost()
            .Services.EnsureIdentityAsync(passwords =>
            {
                Passwords = passwords;
                return Task.CompletedTask;
            });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
            await host.Services.DisposeAsync();
        Database.Dispose();
        commits.Dispose();
        Vault.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
