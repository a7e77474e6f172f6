using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>The functions host or an agent is killed at every place it passes, and started again.</summary>
public sealed class A_process_dies
{
    private static readonly Where[] InFunctions =
    [
        Where.BeforeStep,
        Where.AfterStep,
        Where.BeforeCommit,
        Where.AfterCommit,
        Where.BeforeAnswer,
        Where.AfterAnswer,
    ];
    private static readonly Where[] InAgent = [Where.BeforeDriver, Where.AfterDriver, Where.AfterJournal];

    public static TheoryData<Where, string, int> BuildInFunctions => Journey.At(Journey.OfBuild, InFunctions);

    public static TheoryData<Where, string, int> BuildInAgent => Journey.At(Journey.OfBuild, InAgent);

    public static TheoryData<Where, string, int> DeleteInFunctions => Journey.At(Journey.OfDelete, InFunctions);

    public static TheoryData<Where, string, int> DeleteInAgent => Journey.At(Journey.OfDelete, InAgent);

    [Theory, MemberData(nameof(BuildInFunctions))]
    public void A_build_goes_on_where_the_functions_host_died(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Kill(new(where, name, nth)));

    [Theory, MemberData(nameof(BuildInAgent))]
    public void A_build_goes_on_where_the_agent_died(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Kill(new(where, name, nth)));

    [Theory, MemberData(nameof(DeleteInFunctions))]
    public void A_delete_goes_on_where_the_functions_host_died(Where where, string name, int nth) =>
        Journey.Delete(plan => plan.Kill(new(where, name, nth)));

    [Theory, MemberData(nameof(DeleteInAgent))]
    public void A_delete_goes_on_where_the_agent_died(Where where, string name, int nth) =>
        Journey.Delete(plan => plan.Kill(new(where, name, nth)));

    [Fact]
    public void Both_die_at_once() =>
        Journey.Build(plan =>
            plan.Kill(new(Where.AfterDriver, "EnsureGuest")).Kill(new(Where.AfterStep, "StartGuest"))
        );

    [Fact]
    public void A_step_that_ends_its_agent_each_time_fails_with_that_cause() =>
        Journey.Build(plan => KillTimes(plan, 5), failed: "StartGuest ended this host's agent 5 times");

    [Fact]
    public void Four_deaths_are_not_yet_the_steps_fault() => Journey.Build(plan => KillTimes(plan, 4));

    private static void KillTimes(CloudFaultPlan plan, int times)
    {
        for (var nth = 1; nth <= times; nth++)
            plan.Kill(new(Where.BeforeDriver, "EnsureGuest", nth));
    }
}
