namespace Pipeline.Durable.Hub;

/// <summary>What functions hosts tell each other through the store. May be lost: whom it is for looks again by itself.</summary>
internal static class Hints
{
    public const string LeaseEnded = "lease";

    /// <summary>An instance has news; its owner is to look.</summary>
    public static string Turn(string owner, string instance) => $"turn {owner} {instance}";

    /// <summary>The instance, when the hint is for this owner.</summary>
    public static string? TurnOf(string hint, string? owner)
    {
        var start = $"turn {owner} ";
        return owner is not null && hint.StartsWith(start, StringComparison.Ordinal) ? hint[start.Length..] : null;
    }

    /// <summary>A client of this functions host follows an instance or a resource.</summary>
    public static string Follow(string? owner, string key) => $"follow {owner} {key}";

    /// <summary>What another functions host than this one has a follower of.</summary>
    public static string? FollowOf(string hint, string? owner) =>
        hint.Split(' ', 3) is ["follow", var teller, var key] && teller != owner ? key : null;

    /// <summary>Something that is followed elsewhere has news to show.</summary>
    public static string Moved(string key) => $"moved {key}";

    public static string? MovedOf(string hint) => hint.Split(' ', 2) is ["moved", var key] ? key : null;
}
