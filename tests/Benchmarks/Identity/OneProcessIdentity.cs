using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Contracts.Identity;
using Pipeline.Data;
using Pipeline.Durable;
using Pipeline.Durable.Hub;
using Pipeline.Identity;
using Pipeline.Identity.Bootstrap;
using Pipeline.Runtime;
using Pipeline.Runtime.Settings;

namespace Pipeline.Benchmarks.Identity;

/// <summary>The identity service of one functions host, called as its own pipeline calls it.</summary>
internal sealed class OneProcessIdentity : IAsyncDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private const int Rounds = 3;
    private const int Many = 20_000;

    private readonly ThreadCommitLoop commits = new();
    private readonly Vault vault;
    private readonly TimeProvider time;
    private readonly Database db;
    private readonly string folder;
    private ServiceProvider services = null!;
    private FunctionsPipeline pipeline = null!;
    private ITokens tokens = null!;
    private FirstPasswords passwords = new("", "");
    private string token = "";
    private string unscoped = "";
    private List<string> many = [];
    private int next;

    private OneProcessIdentity(string folder, TimeProvider time)
    {
        (this.folder, this.time) = (folder, time);
        vault = new(new byte[32], Randomness.Secure());
        db = Database.Open(Path.Combine(folder, "identity.db"), time, commits);
    }

    public static async Task<OneProcessIdentity> OpenAsync(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var identity = new OneProcessIdentity(folder, time);
        await identity.BeginAsync();
        return identity;
    }

    /// <summary>Does it over and over on one thread.</summary>
    /// <returns>How often a second of one core is enough for: the middle one of a few rounds, after one that is not counted.</returns>
    public async Task<double> PerCoreAsync(Func<Task> work)
    {
        var rates = new List<double>();
        for (var i = 0; i <= Rounds; i++)
        {
            var (count, began, cpu) = (0, time.GetTimestamp(), Environment.CpuUsage.TotalTime);
            while (time.GetElapsedTime(began) < Round)
                for (var n = 0; n < 16; n++, count++)
                    await work();
            rates.Add(count / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        return rates.Skip(1).ToList().Median();
    }

    /// <returns>Milliseconds of CPU time for one.</returns>
    private static async Task<double> CpuOfAsync(Func<Task> work)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        await work();
        return (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
    }

    /// <inheritdoc cref="CpuOfAsync"/>
    public async Task<double> CpuAsync(Func<Task> work, int times)
    {
        await work();
        var spent = new List<double>();
        for (var i = 0; i < times; i++)
            spent.Add(await CpuOfAsync(work));
        return spent.Median();
    }

    public async Task ValidateAsync()
    {
        if (await tokens.AuthenticateAsync(token) is null)
            throw new IOException("The token does not hold.");
    }

    /// <summary>One of more tokens than are remembered open.</summary>
    public async Task ValidateManyAsync()
    {
        if (await tokens.AuthenticateAsync(many[next++ % many.Count]) is null)
            throw new IOException("The token does not hold.");
    }

    public Task LoginAsync() => PostAsync(LoginOf("demo", passwords.Demo, "demo"), 201);

    /// <summary>A wrong password: no memory helps, so that it costs what the first login of a user does.</summary>
    public Task LoginColdAsync() => PostAsync(LoginOf("demo", "wrong", "demo"), 401);

    public Task RescopeAsync() =>
        PostAsync(
            $$$$"""
            {"auth":{"identity":{"methods":["token"],"token":{"id":"{{{{unscoped}}}}"}},
            "scope":{"project":{"name":"demo","domain":{"id":"default"} } } }}
            """,
            201
        );

    public Task GetAsync(string path) => SendAsync("GET", $"/identity/v3/{path}", null, 200);

    /// <summary>As if so many users and tokens had been revoked within the hour.</summary>
    public async Task RevokeAsync(int count)
    {
        await db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
                INSERT INTO identity_changes (version, kind, user_id, audit_id, revokes, kept_until)
                SELECT s.version + i, CASE i % 2 WHEN 0 THEN 'user' ELSE 'token' END,
                    CASE i % 2 WHEN 0 THEN substr('00000000000000000000000000000000' || i, -32) END,
                    CASE i % 2 WHEN 1 THEN substr('AAAAAAAAAAAAAAAAAAAA' || i, -20) || 'AA' END, 1, @until
                FROM n CROSS JOIN identity_state s
                """,
                new { count, until = tx.Now + TimeSpan.FromHours(1) }
            );
            await tx.ExecuteAsync("UPDATE identity_state SET version = version + @count", new { count });
        });
        await LoginAllAsync();
    }

    public Task AddProjectsAsync(int projects, int assignments) =>
        db.WriteAsync(async tx =>
        {
            const string numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)";
            await tx.ExecuteAsync(
                $"""
                {numbers} INSERT INTO projects (id, domain_id, name, description, enabled, tags, extra, created_at)
                SELECT lower(hex(randomblob(16))), 'default', 'project-' || i, '', 1, '[]', '{"{}"}', @now FROM n
                """,
                new { count = projects }
            );
            await tx.ExecuteAsync(
                """
                INSERT INTO grants (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
                SELECT 'user', (SELECT id FROM users WHERE name = 'demo'), 'project', p.id,
                    (SELECT role_id FROM grants LIMIT 1), 0
                FROM projects p WHERE p.name LIKE 'project-%' LIMIT @count
                """,
                new { count = assignments }
            );
        });

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        db.Dispose();
        commits.Dispose();
        vault.Dispose();
    }

    private async Task BeginAsync()
    {
        var randomness = Randomness.Secure();
        services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(time)
            .AddSingleton(randomness)
            .AddSingleton(db)
            .AddSingleton(await Cloud.EnsureAsync(db, randomness))
            .AddSingleton(vault)
            .AddSingleton(await KeyRing.OpenAsync(db, new byte[32], time, randomness))
            .AddSingleton<EngineParts>()
            .AddSingleton<DurableTaskClient>()
            .AddSingleton(new RequestIds(randomness.NewGuid))
            .AddSingleton(new Proxies([]))
            .AddSingleton(provider => new PublicUrl(null, provider.GetRequiredService<Proxies>()))
            .AddIdentity(new())
            .AddFunctionsRuntime(HostJson.Default)
            .BuildServiceProvider();
        await services.EnsureIdentityAsync(made =>
        {
            passwords = made;
            return Task.CompletedTask;
        });
        (pipeline, tokens) = (services.GetRequiredService<FunctionsPipeline>(), services.GetRequiredService<ITokens>());
        await LoginAllAsync();
    }

    private async Task LoginAllAsync()
    {
        token = await TokenAsync("admin", passwords.Admin, "admin");
        unscoped = await TokenAsync("demo", passwords.Demo, null);
        many = [];
        for (var i = 0; i < Many; i++)
            many.Add(await TokenAsync("demo", passwords.Demo, "demo"));
    }

    private async Task<string> TokenAsync(string user, string password, string? project) =>
        (await PostAsync(LoginOf(user, password, project), 201)).Response.Headers["X-Subject-Token"].ToString();

    private Task<HttpContext> PostAsync(string body, int expected) =>
        SendAsync("POST", "/identity/v3/auth/tokens", body, expected);

    private async Task<HttpContext> SendAsync(string method, string path, string? body, int expected)
    {
        var context = new DefaultHttpContext();
        var at = path.IndexOf('?');
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new("cloud.example", 7071);
        context.Request.Path = at < 0 ? path : path[..at];
        context.Request.QueryString = new(at < 0 ? "" : path[at..]);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        if (body is null)
            context.Request.Headers["X-Auth-Token"] = token;
        else
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        await pipeline.InvokeAsync(context);
        return context.Response.StatusCode == expected
            ? context
            : throw new IOException($"{method} {path}: {context.Response.StatusCode} instead of {expected}");
    }

    private static string LoginOf(string user, string password, string? project)
    {
        var scope = project is null
            ? "\"unscoped\""
            : $$$"""{"project":{"name":"{{{project}}}","domain":{"id":"default"}} }""";
        return $$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"{{{user}}}","domain":{"id":"default"},
            "password":"{{{password}}}"} } },"scope":{{{scope}}} }}
            """;
    }
}
