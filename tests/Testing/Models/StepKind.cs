namespace Pipeline.Testing.Models;

/// <summary>A kind of call.</summary>
/// <param name="Weight">How often it is drawn, beside the others.</param>
/// <param name="Ask">The call that a step of this kind is by now; null where there is nothing that it could be about.</param>
internal sealed record StepKind(string Name, int Weight, Func<Asking, Call?> Ask)
{
    /// <summary>Others are told that it is not for them.</summary>
    public bool ForAdmins { get; init; }

    public static IReadOnlyList<StepKind> All { get; } =
    [
        .. NetworkSteps.All,
        .. PortSteps.All,
        .. GroupSteps.All,
        .. ImageSteps.All,
        .. FlavorSteps.All,
        .. ServerSteps.All,
        .. VolumeSteps.All,
        .. PairSteps.All,
        .. SnapshotSteps.All,
        .. AttachmentSteps.All,
        .. BackupSteps.All,
        .. TransferSteps.All,
        .. VolumeTypeSteps.All,
        .. QuotaSteps.All,
        .. IdentitySteps.All,
    ];

    private static readonly Dictionary<string, StepKind> ByName = All.ToDictionary(k => k.Name);

    public static StepKind Named(string name) => ByName[name];
}
