namespace Pipeline.Drivers.Tests.Volume;

/// <summary>
/// docs/drivers.md, whose table of volume drivers has a row of each one's contract run; `GOLDEN=write` in the environment
/// puts a row that is missing, or not as it should be, in its place.
/// </summary>
internal static class DriversPage
{
    private const string End = "<!-- rows end -->";
    private static readonly Lock Gate = new();

    private static string Path { get; } = System.IO.Path.Combine(Root(AppContext.BaseDirectory), "docs", "drivers.md");

    public static void HasRow(params string[] cells)
    {
        var row = $"| {string.Join(" | ", cells)} |";
        lock (Gate)
        {
            var lines = File.ReadAllLines(Path).ToList();
            if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
                Put(lines, row, cells[0]);
            Assert.True(lines.Contains(row), $"{Path} does not say, run with GOLDEN=write:\n{row}");
        }
    }

    private static void Put(List<string> lines, string row, string name)
    {
        var (first, end) = (
            lines.FindIndex(line => line.StartsWith("|---", StringComparison.Ordinal)) + 1,
            lines.IndexOf(End)
        );
        var rows = lines[first..end].Where(line => !line.StartsWith($"| {name} |", StringComparison.Ordinal));
        var sorted = rows.Append(row).Order(StringComparer.Ordinal).ToList();
        lines.RemoveRange(first, end - first);
        lines.InsertRange(first, sorted);
        File.WriteAllLines(Path, lines);
    }

    private static string Root(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "Pipeline.sln"))
            ? folder
            : Root(System.IO.Path.GetDirectoryName(folder)!);
}
