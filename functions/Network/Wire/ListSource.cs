namespace Pipeline.Network.Wire;

/// <summary>A table that clients list (its alias is `x`), and which of its rows a project sees.</summary>
/// <param name="Visible">Holds for the rows that the project `@viewer` sees, found by index: never a look at all rows.</param>
/// <param name="Missing">The fault for a marker that the caller does not see.</param>
internal sealed record ListSource(string Columns, string Table, string Visible, Func<object, Fault> Missing)
{
    /// <summary>Holds for the rows that are there for anybody at all.</summary>
    public string Shown { get; init; } = "1 = 1";

    /// <summary>
    /// The same as what is visible, in parts that have no row in common and each an index: a page is read from the beginning of each,
    /// however much there is. Empty where the whole is small.
    /// </summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <param name="viewer">Null sees all.</param>
    public string For(ProjectId? viewer) => viewer is null ? Shown : $"{Shown} AND {Visible}";
}
