using Pipeline.Runtime.Agents;

namespace Pipeline.Placement.Hosts;

internal enum LivenessVerdict
{
    /// <summary>Nothing that the database does not know well enough.</summary>
    Same,

    /// <summary>It lives, and the others are told.</summary>
    Seen,

    /// <summary>Nobody has heard of it.</summary>
    Silent,
}

/// <summary>
/// Judges one host from what this functions host remembers and what any other has told last. Each hears only those that
/// happen to speak to it, so that a host is silent only when none of them has heard it.
/// </summary>
internal static class Liveness
{
    /// <summary>How old the others' news may grow; with a look each 10 s it stays well below the silence that counts.</summary>
    internal static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(20);

    /// <param name="heard">When it last spoke to this functions host; null for not yet.</param>
    /// <param name="startedAt">A functions host that has just started gives every host the full time to come back.</param>
    public static LivenessVerdict Judge(
        HostRow host,
        DateTimeOffset? heard,
        DateTimeOffset startedAt,
        DateTimeOffset now
    )
    {
        var newest = heard > host.LastSeen ? heard.Value : host.LastSeen;
        var lives = now - newest <= HostConnections.Silence;
        if (lives && heard == newest && (!host.IsUp || newest - host.LastSeen >= TellEvery))
            return LivenessVerdict.Seen;
        return !lives && host.IsUp && now - startedAt > HostConnections.Silence
            ? LivenessVerdict.Silent
            : LivenessVerdict.Same;
    }
}
