using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

public sealed class A_step_fails
{
    private static readonly Fault Broken = new(FaultCode.DriverFailed, "it broke as planned");
    private static readonly Fault Away = new(FaultCode.Unavailable, "it was away as planned");

    public static TheoryData<Where, string, int> BuildSteps => Journey.At(Journey.OfBuild, Where.BeforeStep);

    public static TheoryData<Where, string, int> BuildDrivers =>
        Journey.At(Journey.OfBuild, Where.BeforeDriver, Where.AfterDriver);

    public static TheoryData<Where, string, int> DeleteSteps =>
        Journey.At(Journey.OfDelete, Where.BeforeStep, Where.BeforeDriver, Where.AfterDriver);

    public static TheoryData<Where, string, int> UndoSteps =>
        Journey.At(Undoing.Value, Where.BeforeStep, Where.BeforeDriver, Where.AfterDriver);

    private static readonly Lazy<IReadOnlyList<Place>> Undoing = new(PassedByUndo);

    [Theory, MemberData(nameof(BuildSteps))]
    public void The_server_is_in_ERROR_names_the_step_and_nothing_is_left_behind(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Fail(new(where, name, nth), Broken), failed: $"it broke as planned (step {name})");

    [Theory, MemberData(nameof(BuildSteps))]
    public void What_may_pass_is_tried_again(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Fail(new(where, name, nth), Away));

    [Theory, MemberData(nameof(BuildDrivers))]
    public void What_a_driver_left_half_done_is_undone(Where where, string name, int nth) =>
        Journey.Build(plan => plan.Fail(new(where, name, nth), Broken), failed: "it broke as planned (step ");

    [Theory, MemberData(nameof(DeleteSteps))]
    public void A_delete_goes_on_until_it_is_done(Where where, string name, int nth) =>
        Journey.Delete(plan => plan.Fail(new(where, name, nth), Broken));

    [Theory, MemberData(nameof(UndoSteps))]
    public void An_undo_goes_on_until_it_is_done(Where where, string name, int nth) =>
        Journey.Build(
            plan => Doomed(plan).Fail(new(where, name, nth), Broken),
            failed: "doomed (step MarkServerActive)"
        );

    [Fact]
    public void An_agent_that_does_not_know_a_step_says_so()
    {
        var unknown = new Fault(FaultCode.Internal, "no such thing");
        Journey.Build(
            plan => plan.Fail(new(Where.BeforeDriver, "EnsureGuest"), unknown),
            failed: "no such thing (step StartGuest)"
        );
    }

    private static CloudFaultPlan Doomed(CloudFaultPlan plan) =>
        plan.Fail(new(Where.BeforeStep, "MarkServerActive"), new(FaultCode.DriverFailed, "doomed"));

    /// <summary>The places that only an undo passes: those after the failing last step.</summary>
    private static List<Place> PassedByUndo()
    {
        List<Place> places = [];
        TestCloud.Run(async cloud =>
        {
            await Journey.FurnishedAsync(cloud);
            Doomed(cloud.Faults);
            await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            places.AddRange(cloud.Faults.Passed.SkipWhile(p => p.Name != "MarkServerActive").Skip(1));
        });
        return places;
    }
}
