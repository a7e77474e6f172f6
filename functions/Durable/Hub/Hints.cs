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
}
