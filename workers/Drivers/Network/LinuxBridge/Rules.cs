namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Words that the rules of both families share.</summary>
internal static class Rules
{
    public const string MetadataAddress = "169.254.169.254";

    public static string Set(IEnumerable<string> elements) => $"{{ {string.Join(", ", elements)} }}";
}
