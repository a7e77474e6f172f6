using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>Code before, with, and after a patch: a step is put before the last one. A world loads one of them.</summary>
internal static class Patches
{
    internal sealed class Before : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            GoAsync(context, () => false);
    }

    internal sealed class Patched : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            GoAsync(context, () => context.IsPatched("wash"));
    }

    internal sealed class After : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            GoAsync(context, () => true);
    }

    /// <summary>Two rounds, so that the question comes again: the answer is the same for the whole run.</summary>
    private static async Task<Done> GoAsync(TaskOrchestrationContext context, Func<bool> washes)
    {
        for (var round = 1; round <= 2; round++)
        {
            await context.CallActivityAsync(new Show($"out {round}"));
            if (washes())
                await context.CallActivityAsync(new Show($"wash {round}"));
            await context.WaitForExternalEvent<string>("word");
        }
        return await context.CallActivityAsync(new Show("home"));
    }
}

/// <summary>Two versions of one orchestration, and a third class that claims the second version too.</summary>
internal static class Versions
{
    internal sealed class First : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            GoAsync(context, "by train");
    }

    internal class Second : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override int Version => 2;

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            GoAsync(context, "by ship");
    }

    internal sealed class AlsoSecond : Second;

    private static async Task<Done> GoAsync(TaskOrchestrationContext context, string how)
    {
        await context.CallActivityAsync(new Show($"{context.InstanceId} out {how}"));
        var word = await context.WaitForExternalEvent<string>("word");
        if (word == "again")
        {
            context.ContinueAsNew(new Trip());
            return Done.Instance;
        }
        return await context.CallActivityAsync(new Show($"{context.InstanceId} home {how}"));
    }
}
