namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>Words that the rules of both families share.</summary>
internal static class Rules
{
    public const string MetadataAddress = "169.254.169.254";

    /// <summary>An address as nft compares it with bytes of a packet.</summary>
    public static string Number(byte[] address) => "0x" + Convert.ToHexStringLower(address);

    public static string Set(IEnumerable<string> elements) => $"{{ {string.Join(", ", elements)} }}";
}
