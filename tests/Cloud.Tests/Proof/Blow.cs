using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>What can befall an orchestration, and where: it strikes once, at one place.</summary>
internal sealed record Blow(string Name, Action<CloudFaultPlan, Place> Strike, params Where[] Where)
{
    private static readonly TimeSpan LongAfter = TimeSpan.FromMinutes(5); // all is done by then, or undone
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(90);
    private static readonly Fault Broken = new(FaultCode.DriverFailed, "it broke as planned");
    private static readonly Fault Away = new(FaultCode.Unavailable, "it was away as planned");
    private static readonly Where[] Travelling = [Testing.Clouds.Where.Message, Testing.Clouds.Where.Answer];

    private static readonly Where[] Working =
    [
        Testing.Clouds.Where.BeforeStep,
        Testing.Clouds.Where.BeforeDriver,
        Testing.Clouds.Where.AfterDriver,
    ];

    public static readonly IReadOnlyList<Blow> All =
    [
        new("fails", (plan, at) => plan.Fail(at, Broken), Working),
        new("fails and may be tried again", (plan, at) => plan.Fail(at, Away), Working),
        new("is where its process dies", (plan, at) => plan.Kill(at), [.. Enum.GetValues<Where>().Except(Travelling)]),
        new("is lost", (plan, at) => plan.Deliver(at), Travelling),
        new("comes twice", (plan, at) => plan.Deliver(at, TimeSpan.Zero, TimeSpan.Zero), Travelling),
        new("comes late", (plan, at) => plan.Deliver(at, Late), Travelling),
        new(
            "comes again when all is over",
            (plan, at) => plan.Deliver(at, TimeSpan.Zero, LongAfter),
            Testing.Clouds.Where.Message
        ),
        new("comes only when all is over", (plan, at) => plan.Deliver(at, LongAfter), Testing.Clouds.Where.Message),
    ];

    public static Blow Named(string name) => All.Single(b => b.Name == name);

    /// <summary>The end of all hope: this step can't be done, and what was done before it is undone.</summary>
    public static void Doom(CloudFaultPlan plan, Place last) => plan.Fail(last, Broken);

    public override string ToString() => Name;
}
