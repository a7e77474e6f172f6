using System.Globalization;

namespace Pipeline.Testing.Worlds;

/// <summary>What somebody or something does in a world.</summary>
public enum DeedKind
{
    // Tenants.
    BuildServer,
    BuildServers,
    BuildHugeServer,
    BuildServerOnPort,
    BuildServerAndDeleteIt,
    DeleteServer,
    StopServer,
    StartServer,
    RebootServer,
    RebootServerHard,
    RenameServer,
    MakeNetwork,
    DeleteNetwork,
    MakePort,
    ChangePort,
    DeletePort,
    MakeGroup,
    AddRule,
    DeleteGroup,
    MakeImage,
    DeleteImage,
    MakeKeypair,
    DeleteKeypair,
    RaiseEvent,
    MakeVolume,
    MakeVolumeAndDeleteIt,
    ExtendVolume,
    DeleteVolume,
    MakeSnapshot,
    DeleteSnapshot,
    MakeRouter,
    JoinRouter,
    LeaveRouter,
    DeleteRouter,

    // Operators, and guests by themselves.
    AskForSweep,
    GuestEnds,
    StrayAppears,

    // Faults.
    FunctionsHostDies,
    FunctionsHostDiesLater,
    FunctionsHostStalls,
    FunctionsHostStallsLater,
    LeaseCannotBeRenewed,
    DatabaseIsFull,
    DatabaseIsSlow,
    AgentDies,
    AgentDiesLater,
    HostLosesPower,
    HostIsCutOff,
    HostIsSlow,
    HostHearsNoSignals,
    JournalIsFull,
    DriverFails,
    MessageIsLost,
    MessageIsDoubled,
    MessageIsLate,
    MessageComesAfterAll,
    AnswerIsLost,
    AnswerIsDoubled,
    AnswerIsLate,
    DatabaseIsRestored,
    StrangerComes,
}

/// <summary>One entry of a world's plan: small numbers alone, so that entries can be left out and the rest still means something.</summary>
/// <param name="At">Milliseconds after the world was furnished.</param>
/// <param name="Who">Which tenant, host or functions host, of those there are.</param>
/// <param name="Which">Which of what they have by then.</param>
/// <param name="How">Its length, its number, its flavour: see the kind.</param>
public sealed record Deed(int At, DeedKind Kind, int Who, int Which, int How)
{
    public bool IsFault => Kind >= DeedKind.FunctionsHostDies;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{At / 1000.0, 8:0.000} s  {Kind} who {Who} which {Which} how {How}"
        );
}
