using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Contracts;
using Pipeline.Contracts.Identity;
using Pipeline.Runtime;
using Pipeline.Runtime.Policy;

namespace Pipeline.Services.Tests.Runtime.Policy;

public sealed class PolicyFileTests : IDisposable
{
    private static readonly TimerInfo Timer = new(new(default, default), false);
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-policy-").FullName;

    private string PathOfFile => Path.Combine(folder, "policy.yaml");

    [Fact]
    public void Every_form_of_text_is_read()
    {
        const string text = """
            ---
            # who may
            "things:show": "role:reader"   # a comment
            'things:list': 'role:member or rule:own'
            things:create: role:member  # another
            things:delete: >-
              role:admin
              or rule:own
            own: user_id:%(user_id)s
            things:update:
              role:admin and
              role:member
            """;
        var checks = PolicyFile.Read(text, []);
        Assert.Equal(6, checks.Count);
        Assert.Equal(new Check.Role("reader"), checks["things:show"]);
        Assert.Equal(["own"], checks["things:delete"].Named());
        Assert.IsType<Check.All>(checks["things:update"]);
    }

    [Theory]
    [InlineData("a:show: role:x\nb:show role:x", 2)]
    [InlineData("\n\na:show: role", 3)]
    [InlineData("a: '@'\nb: '@'\na: '!'", 3)]
    [InlineData("a: rule:none", 1)]
    [InlineData("a: '@'\nb: rule:c\nc: rule:b", 2)]
    [InlineData("a: \"role:x", 1)]
    [InlineData("a: [role:x]", 1)]
    [InlineData("  a: role:x", 1)]
    [InlineData("a: http://h", 1)]
    public void A_bad_file_is_refused_with_its_line(string text, int line)
    {
        var refused = Assert.Throws<Fault>(() => PolicyFile.Read(text, []));
        Assert.StartsWith($"policy file, line {line}: ", refused.Message);
    }

    [Fact]
    public async Task A_changed_file_holds_without_a_restart_and_a_bad_one_leaves_the_old_rules()
    {
        using var world = new FunctionsWorld(typeof(Things));
        var overrides = new PolicyOverrides(world.Policies, new(PathOfFile), NullLogger<PolicyOverrides>.Instance);
        overrides.Load(); // there is none yet
        Assert.Equal((200, 403), await AskAsync(world));
        await WriteAsync("things:list: role:admin\nthings:purge: role:member", overrides);
        Assert.Equal((403, 200), await AskAsync(world));
        await WriteAsync("things:list: role", overrides);
        Assert.Equal((403, 200), await AskAsync(world));
        Assert.Throws<Fault>(overrides.Load);
        File.Delete(PathOfFile);
        await overrides.ReloadAsync(Timer);
        Assert.Equal((200, 403), await AskAsync(world));
    }

    [Fact]
    public async Task A_rule_that_others_name_is_overridden_in_all_of_them()
    {
        using var world = new FunctionsWorld(typeof(Things));
        var overrides = new PolicyOverrides(world.Policies, new(PathOfFile), NullLogger<PolicyOverrides>.Instance);
        await WriteAsync("admin_required: role:member", overrides);
        Assert.Equal((200, 200), await AskAsync(world));
        Assert.Equal(401, (await world.SendAsync("DELETE", "/things", token: null)).Status);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task WriteAsync(string text, PolicyOverrides overrides)
    {
        await File.WriteAllTextAsync(PathOfFile, text, TestContext.Current.CancellationToken);
        await overrides.ReloadAsync(Timer);
    }

    private static async Task<(int List, int Purge)> AskAsync(FunctionsWorld world) =>
        ((await world.SendAsync("GET", "/things")).Status, (await world.SendAsync("DELETE", "/things")).Status);

    private sealed class Things
    {
        [Function("list-things"), Policy("things:list", Require.ProjectReader)]
        public IResult List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things")] HttpRequest request) =>
            Answer.Empty(200);

        [Function("purge-things"), Policy("things:purge", Require.Admin)]
        public IResult Purge(
            [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "things")] HttpRequest request
        ) => Answer.Empty(200);
    }
}
