namespace Pipeline.Drivers.Network.LinuxBridge;

/// <summary>The whole filter of one network's namespace: what shall stand in the kernel, in either of nft's families.</summary>
internal sealed record Filter(IReadOnlyList<FilterTable> Tables);

/// <param name="Chains">In the order in which they may be defined.</param>
internal sealed record FilterTable(string Family, IReadOnlyList<FilterChain> Chains, IReadOnlyList<FilterSet> Sets);

internal sealed record FilterChain(string Name, IReadOnlyList<string> Rules);

/// <summary>A set or map by name, with its elements.</summary>
/// <param name="Type">How it is declared; null for one that every network has.</param>
internal sealed record FilterSet(string Name, IReadOnlyList<FilterElement> Elements, string? Type = null);

/// <param name="Value">Of a map.</param>
internal readonly record struct FilterElement(string Key, string? Value = null)
{
    public override string ToString() => Value is null ? Key : $"{Key} : {Value}";
}
