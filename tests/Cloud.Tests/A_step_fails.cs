using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>What the user is told; that nothing is left is <see cref="Every_orchestration_is_proven"/>.</summary>
public sealed class A_step_fails
{
    private static readonly Fault Broken = new(FaultCode.DriverFailed, "it broke as planned");

    public static TheoryData<Where, string, int> BuildSteps => Journey.At(Journey.OfBuild, Where.BeforeStep);

    public static TheoryData<Where, string, int> BuildDrivers =>
        Journey.At(Journey.OfBuild, Where.BeforeDriver, Where.AfterDriver);

    [Theory, MemberData(nameof(BuildSteps))]
    public void The_server_is_in_ERROR_names_the_step_and_nothing_is_left_behind(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Fail(new(where, name, nth), Broken), failed: $"it broke as planned (step {name})");

    [Theory, MemberData(nameof(BuildDrivers))]
    public void What_a_driver_left_half_done_is_undone(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Fail(new(where, name, nth), Broken), failed: "it broke as planned (step ");

    [Fact]
    public void An_agent_that_does_not_know_a_step_says_so()
    {
        var unknown = new Fault(FaultCode.Internal, "no such thing");
        Journey.Build(
            plan => plan.Fail(new(Where.BeforeDriver, "EnsureGuest"), unknown),
            failed: "no such thing (step StartGuest)"
        );
    }
}
