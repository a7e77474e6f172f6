using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>One way through the cloud on which orchestrations run. Its cloud is furnished and holds at most one server.</summary>
/// <param name="Act">What is asked for, while faults strike.</param>
internal sealed record Way(string Name, Func<TestCloud, Task> Act)
{
    /// <summary>What has to be there before; nothing strikes meanwhile.</summary>
    public Func<TestCloud, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>Takes away what is meant to stay; a server is deleted in any case.</summary>
    public Func<TestCloud, Task> Clear { get; init; } = _ => Task.CompletedTask;

    /// <summary>What the cloud is made of; null for one host and one of all.</summary>
    public CloudOptions? Cloud { get; init; }

    /// <summary>Things that nobody owns are put on a host on this way, so they may be found.</summary>
    public bool Reclaims { get; init; }

    public override string ToString() => Name;
}
