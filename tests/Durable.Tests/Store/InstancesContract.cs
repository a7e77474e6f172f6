using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Durable.Management;

namespace Pipeline.Durable.Tests.Store;

/// <summary>Lists and counts of instances: what each filter finds, and that pages neither repeat nor lose anything.</summary>
public abstract class InstancesContract(StoreKind kind) : IAsyncLifetime
{
    private static readonly ProjectId Project = new("0123456789abcdef0123456789abcdef");
    private TestStore store = null!;

    private Database Db => store.Db;

    public async ValueTask InitializeAsync() => store = await TestStore.NewAsync(kind);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Each_filter_finds_what_it_says()
    {
        var began = store.Time.GetUtcNow();
        await AddAsync("a-1", "Build", InstanceStatus.Completed, "server/1", Project);
        store.Time.Pass(TimeSpan.FromMinutes(1));
        await AddAsync("a-2", "Build", InstanceStatus.Running, "server/2", null);
        await AddAsync("b-1", "Delete", InstanceStatus.Failed, "server/1", Project);
        Assert.Equal("a-1 a-2 b-1", await ListAsync(new()));
        Assert.Equal("a-1 b-1", await ListAsync(new() { Project = Project }));
        Assert.Equal("a-1 b-1", await ListAsync(new() { Resource = "server/1" }));
        Assert.Equal("a-1 b-1", await ListAsync(new() { Resource = "server/1", Project = Project }));
        Assert.Equal("b-1", await ListAsync(new() { Project = Project, Statuses = [InstanceStatus.Failed] }));
        Assert.Equal("a-1 a-2", await ListAsync(new() { Name = "Build" }));
        Assert.Equal("a-1 a-2", await ListAsync(new() { IdPrefix = "a-" }));
        Assert.Equal("a-1 a-2 b-1", await ListAsync(new() { IdPrefix = "" }));
        Assert.Equal("b-1", await ListAsync(new() { Statuses = [InstanceStatus.Failed] }));
        Assert.Equal("a-2 b-1", await ListAsync(new() { Statuses = [InstanceStatus.Failed, InstanceStatus.Running] }));
        Assert.Equal("a-2 b-1", await ListAsync(new() { CreatedFrom = began.AddMinutes(1) }));
        Assert.Equal("a-1", await ListAsync(new() { CreatedTo = began }));
        Assert.Equal("", await ListAsync(new() { Name = "Delete", Statuses = [InstanceStatus.Running] }));
    }

    [Fact]
    public async Task Pages_are_stable_while_others_are_accepted_and_end()
    {
        for (var i = 0; i < 9; i++)
        {
            await AddAsync($"{9 - i}", "Build", InstanceStatus.Running, null, Project);
            if (i % 3 == 2)
                store.Time.Pass(TimeSpan.FromSeconds(1)); // three of one moment: their ids decide
        }
        var first = await PageAsync(new() { Project = Project }, 4);
        await AddAsync("0", "Build", InstanceStatus.Running, null, Project);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE instances SET status = 'Completed' WHERE id IN ('7', '4')"));
        var second = await PageAsync(new() { Project = Project, After = first.Next }, 4);
        var third = await PageAsync(new() { Project = Project, After = ListPosition.Parse(second.Next!.Token) }, 4);
        Assert.Equal("7 8 9 4 5 6 1 2 3 0", Ids([first, second, third]));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task Counts_are_by_name_and_status_of_a_project_or_of_all()
    {
        await AddAsync("1", "Build", InstanceStatus.Running, null, Project);
        await AddAsync("2", "Build", InstanceStatus.Running, null, null);
        await AddAsync("3", "Build", InstanceStatus.Failed, null, Project);
        await AddAsync("4", "Delete", InstanceStatus.Running, null, null);
        Assert.Equal("Build Failed 1, Build Running 2, Delete Running 1", await CountAsync(null));
        Assert.Equal("Build Failed 1, Build Running 1", await CountAsync(Project));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("MTIz")]
    [InlineData("LTEgYQ")]
    public void What_is_no_token_is_seen(string token) => Assert.Null(ListPosition.Parse(token));

    private Task AddAsync(string id, string name, string status, string? resource, ProjectId? project) =>
        Db.WriteAsync(tx =>
            tx.AddInstanceAsync(
                new()
                {
                    Id = id,
                    Name = name,
                    Status = status,
                    Resource = resource,
                    ProjectId = project?.Value,
                    Input = "{}",
                }
            )
        );

    private async Task<string> ListAsync(InstanceFilter filter) => Ids([await PageAsync(filter, 100)]);

    private async Task<InstancePage> PageAsync(InstanceFilter filter, int top)
    {
        var rows = await Db.ReadAsync(tx => tx.ListInstancesAsync(filter, top + 1));
        var states = rows.Take(top).Select(r => OrchestrationState.From(r, [], [], new DurableJson([]))).ToList();
        return new(states, rows.Count > top ? new(states[^1].CreatedAt, states[^1].Id) : null);
    }

    private async Task<string> CountAsync(ProjectId? project) =>
        string.Join(
            ", ",
            (await Db.ReadAsync(tx => tx.CountInstancesAsync(project))).Select(c => $"{c.Name} {c.Status} {c.Count}")
        );

    private static string Ids(IEnumerable<InstancePage> pages) =>
        string.Join(' ', pages.SelectMany(p => p.Instances).Select(s => s.Id));
}

public sealed class InstancesOnSqliteTests() : InstancesContract(StoreKind.Sqlite);

public sealed class InstancesOnPostgresTests() : InstancesContract(StoreKind.Postgres);
