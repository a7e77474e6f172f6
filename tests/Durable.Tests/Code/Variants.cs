using Pipeline.Durable;

namespace Pipeline.Durable.Tests.Code;

/// <summary>One order, and what its code was and became. A world loads one of them.</summary>
public sealed record Trip : IOrchestration<Done>;

internal static class Variants
{
    /// <summary>As it was when the trips began: a step, a wait for a word, two more steps.</summary>
    internal sealed class AsRecorded : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            TravelAsync(context, "out", "word");
    }

    internal sealed class OtherInput : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            TravelAsync(context, "elsewhere", "word");
    }

    internal sealed class OtherStep : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override async Task<Done> RunAsync(TaskOrchestrationContext context, Trip input)
        {
            await context.CallActivityAsync(new Show("out"));
            return await TravelAsync(context, "out", "word");
        }
    }

    internal sealed class OneStepMore : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override async Task<Done> RunAsync(TaskOrchestrationContext context, Trip input)
        {
            var more = context.CallActivityAsync(new Show("more"));
            await TravelAsync(context, "out", "word");
            return await more;
        }
    }

    internal sealed class OneStepMoreBeside : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override async Task<Done> RunAsync(TaskOrchestrationContext context, Trip input)
        {
            var travel = TravelAsync(context, "out", "word");
            await context.CallActivityAsync(new Show("more"));
            return await travel;
        }
    }

    internal sealed class NoStep : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override async Task<Done> RunAsync(TaskOrchestrationContext context, Trip input)
        {
            await context.WaitForExternalEvent<string>("word");
            return Done.Instance;
        }
    }

    internal sealed class OtherVersion : TaskOrchestrator<Trip, Done>
    {
        public override TimeSpan Deadline => TimeSpan.FromDays(1);

        public override int Version => 2;

        public override Task<Done> RunAsync(TaskOrchestrationContext context, Trip input) =>
            TravelAsync(context, "out", "word");
    }

    private static async Task<Done> TravelAsync(TaskOrchestrationContext context, string step, string word)
    {
        await context.CallActivityAsync(new Take(step));
        await context.WaitForExternalEvent<string>(word);
        await context.CallActivityAsync(new GiveBack(step));
        return await context.CallActivityAsync(new Show("home"));
    }
}
