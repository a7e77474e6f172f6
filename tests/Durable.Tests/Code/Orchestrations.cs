using Microsoft.Extensions.Logging;
using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

public sealed record Chain(int Steps) : IOrchestration<int>;

internal sealed class ChainOrchestrator : TaskOrchestrator<Chain, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, Chain input)
    {
        var sum = 0;
        for (var i = 0; i < input.Steps; i++)
            sum += await context.CallActivityAsync(new Take($"link-{i}"));
        return sum;
    }
}

public sealed record FanOut(int Width) : IOrchestration<int>;

internal sealed class FanOutOrchestrator : TaskOrchestrator<FanOut, int>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<int> RunAsync(TaskOrchestrationContext context, FanOut input)
    {
        var all = Enumerable.Range(0, input.Width).Select(i => context.CallActivityAsync(new Take($"{i}"))).ToList();
        return (await Task.WhenAll(all)).Sum();
    }
}

/// <summary>One local step, with the default retries.</summary>
public sealed record Question(string Text) : IOrchestration<string>;

internal sealed class QuestionOrchestrator : TaskOrchestrator<Question, string>
{
    public override TimeSpan Deadline => TimeSpan.FromMinutes(10);

    public override Task<string> RunAsync(TaskOrchestrationContext context, Question input) =>
        context.CallActivityAsync(new Ask(input.Text));
}

public sealed record Nap(TimeSpan Length) : IOrchestration<TimeSpan>;

internal sealed class NapOrchestrator : TaskOrchestrator<Nap, TimeSpan>
{
    public override TimeSpan Deadline => TimeSpan.FromDays(400);

    public override async Task<TimeSpan> RunAsync(TaskOrchestrationContext context, Nap input)
    {
        var before = context.CurrentUtcDateTime;
        await context.CreateTimer(input.Length);
        return context.CurrentUtcDateTime - before;
    }
}

/// <summary>Waits for a letter, or gives up; then for another.</summary>
public sealed record Letters(TimeSpan Patience) : IOrchestration<string>;

internal sealed class LettersOrchestrator : TaskOrchestrator<Letters, string>
{
    public override TimeSpan Deadline => TimeSpan.FromDays(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Letters input)
    {
        var first = await FirstAsync(context, input.Patience);
        var second = await context.WaitForExternalEvent<string>("letter");
        return $"{first}, {second}";
    }

    private static async Task<string> FirstAsync(TaskOrchestrationContext context, TimeSpan patience)
    {
        using var over = new CancellationTokenSource();
        var letter = context.WaitForExternalEvent<string>("letter", over.Token);
        var bell = context.CreateTimer(patience, over.Token);
        var first = await Task.WhenAny(letter, bell);
        over.Cancel();
        return first == letter ? await letter : "none";
    }
}

/// <summary>Fails in its own code, not in a step.</summary>
public sealed record Broken(string Secret) : IOrchestration<Done>;

internal sealed class BrokenOrchestrator : TaskOrchestrator<Broken, Done>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, Broken input)
    {
        await context.CallActivityAsync(new Take("before"));
        throw new InvalidOperationException($"a bug that knows {input.Secret}");
    }
}

/// <summary>Awaits something the engine does not know.</summary>
public sealed record Stray(string How) : IOrchestration<Done>;

internal sealed class StrayOrchestrator(TimeProvider time) : TaskOrchestrator<Stray, Done>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<Done> RunAsync(TaskOrchestrationContext context, Stray input)
    {
        if (input.How == "delay")
            await Task.Delay(TimeSpan.FromMilliseconds(1), time, CancellationToken.None);
        else
            await new TaskCompletionSource().Task;
        await context.CallActivityAsync(new Take("after"));
        return Done.Instance;
    }
}

/// <summary>Asks for ids and the time around a step, and logs.</summary>
public sealed record Ids : IOrchestration<string>;

internal sealed class IdsOrchestrator : TaskOrchestrator<Ids, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Ids input)
    {
        var log = context.CreateReplaySafeLogger();
        var (first, began) = (context.NewGuid(), context.CurrentUtcDateTime);
        log.LogInformation("before");
        context.SetCustomStatus("half way");
        await context.CallActivityAsync(new Take($"{first}"));
        await context.CreateTimer(TimeSpan.FromMilliseconds(20));
        await context.CallActivityAsync(new GiveBack($"{first}"));
        log.LogInformation("after");
        return $"{first} {context.NewGuid()} {began:O}";
    }
}

/// <summary>Takes whichever of two things is free.</summary>
public sealed record Choice : IOrchestration<string>;

internal sealed class ChoiceOrchestrator : TaskOrchestrator<Choice, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override Task<string> RunAsync(TaskOrchestrationContext context, Choice input) =>
        context.CallActivityAsync(new TakeFirstFree("left", "right"));
}

/// <summary>Five steps and a pause between them, each of which is known by the errand's name.</summary>
public sealed record Errand(string Name, TimeSpan Pause) : IOrchestration<string>;

internal sealed class ErrandOrchestrator : TaskOrchestrator<Errand, string>
{
    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Errand input)
    {
        await context.CallActivityAsync(new Take($"{input.Name}.1"));
        await context.CallActivityAsync(new Ask(input.Name));
        await context.CreateTimer(input.Pause);
        var both = new[] { "2", "3" }.Select(n => context.CallActivityAsync(new Take($"{input.Name}.{n}")));
        await Task.WhenAll(both);
        await context.CallActivityAsync(new Take($"{input.Name}.4"));
        return input.Name;
    }
}
