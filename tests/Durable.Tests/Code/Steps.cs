using System.Text.Json.Serialization;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

// The steps the tests' orchestrations are made of: things that are there or not, so that the end state tells all.

/// <summary>Transactional: makes a thing; a second time is an error, so that "exactly once" shows.</summary>
public sealed record Take(string Thing) : IActivity<int>;

internal sealed class TakeHandler : ITransactionalActivity<Take, int>
{
    public async ValueTask<int> RunAsync(Tx tx, Take step)
    {
        await tx.ExecuteAsync("INSERT INTO things (name) VALUES (@Thing)", step);
        await tx.LogAsync($"take {step.Thing}");
        return step.Thing.Length;
    }
}

/// <summary>Transactional and content with finding nothing.</summary>
public sealed record GiveBack(string Thing) : IActivity<Done>;

internal sealed class GiveBackHandler : ITransactionalActivity<GiveBack, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, GiveBack step)
    {
        await tx.ExecuteAsync("DELETE FROM things WHERE name = @Thing", step);
        await tx.LogAsync($"give back {step.Thing}");
        return Done.Instance;
    }
}

/// <summary>Looks before its transaction, compares in it.</summary>
public sealed record TakeFirstFree(string First, string Second) : IActivity<string>;

internal sealed class TakeFirstFreeHandler(Database db)
    : IPreparedActivity<TakeFirstFree, IReadOnlyList<string>, string>
{
    public async ValueTask<IReadOnlyList<string>> PrepareAsync(TakeFirstFree step)
    {
        var taken = await db.ReadAsync(tx => tx.ListAsync<string>("SELECT name FROM things"));
        return [.. new[] { step.First, step.Second }.Where(n => !taken.Contains(n))];
    }

    public async ValueTask<string> RunAsync(Tx tx, TakeFirstFree step, IReadOnlyList<string> prepared)
    {
        foreach (var name in prepared)
            if (
                await tx.ExecuteAsync("INSERT INTO things (name) VALUES (@name) ON CONFLICT DO NOTHING", new { name })
                == 1
            )
                return name;
        throw new Fault(FaultCode.NoValidHost, "nothing is free");
    }
}

public sealed record Show(string Text) : IActivity<Done>;

internal sealed class ShowHandler : ITransactionalActivity<Show, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, Show step)
    {
        await tx.LogAsync($"show {step.Text}");
        return Done.Instance;
    }
}

/// <summary>Local: answered by whatever the test scripted for the question.</summary>
public sealed record Ask(string Question) : IActivity<string>;

internal sealed class AskHandler(Oracle oracle) : ILocalActivity<Ask, string>
{
    public Task<string> RunAsync(Ask step, CancellationToken ct) => oracle.AnswerAsync(step.Question, ct);
}

/// <summary>On a host: makes a thing there.</summary>
public sealed record Ensure(HostId Host, string Thing) : IHostActivity<Done>
{
    [JsonIgnore]
    public IEnumerable<SecretId> Secrets => [new(new Guid("11111111-2222-4333-8444-555555555555"))];
}

public sealed record Destroy(HostId Host, string Thing) : IHostActivity<Done>;

/// <summary>What local steps do, by question; unscripted ones echo.</summary>
internal sealed class Oracle
{
    private readonly Dictionary<string, Func<int, CancellationToken, Task<string>>> script = [];
    private readonly Dictionary<string, int> asked = [];
    private readonly Lock gate = new();

    /// <param name="answer">Gets the number of the call, from 1.</param>
    public void On(string question, Func<int, CancellationToken, Task<string>> answer) => script[question] = answer;

    public int Asked(string question)
    {
        lock (gate)
            return asked.GetValueOrDefault(question);
    }

    public Task<string> AnswerAsync(string question, CancellationToken ct)
    {
        int count;
        lock (gate)
            count = asked[question] = asked.GetValueOrDefault(question) + 1;
        return script.TryGetValue(question, out var answer) ? answer(count, ct) : Task.FromResult(question);
    }
}

internal static class TestTables
{
    public static Task MakeAsync(Database db) =>
        db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY)");
            var number = db.IsShared ? "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" : "INTEGER PRIMARY KEY";
            await tx.ExecuteAsync($"CREATE TABLE IF NOT EXISTS deeds (seq {number}, line TEXT NOT NULL)");
        });

    public static async ValueTask LogAsync(this Tx tx, string line) =>
        await tx.ExecuteAsync("INSERT INTO deeds (line) VALUES (@line)", new { line });
}
