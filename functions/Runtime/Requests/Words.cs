namespace Pipeline.Runtime;

public static class Words
{
    /// <summary>What OpenStack's clients write for a boolean, in any case; null for anything else.</summary>
    public static bool? Bool(string text) =>
        text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" or "t" or "y" => true,
            "false" or "no" or "off" or "0" or "f" or "n" => false,
            _ => null,
        };
}
