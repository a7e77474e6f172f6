using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>More than one death on a build's way; one at each place is <see cref="Every_orchestration_is_proven"/>.</summary>
public sealed class A_process_dies
{
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
