using System.Globalization;
using System.Text;
using Pipeline.Testing;

namespace Pipeline.Benchmarks.Report;

/// <summary>The measured part of docs/benchmarks.md, between its two marks; what people wrote around it stays.</summary>
internal static class Page
{
    private const string Begin = "<!-- figures: written by infra/bench --write -->";
    private const string End = "<!-- /figures -->";

    public static void Write(IEnumerable<Figure> figures, string machine)
    {
        var file = Path.Combine(Repository.Root, "docs", "benchmarks.md");
        var text = File.ReadAllText(file);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from)
            throw new IOException($"{file} has lost its marks {Begin} and {End}");
        File.WriteAllText(file, $"{text[..(from + Begin.Length)]}\n\n{machine}\n{Table(figures)}\n{text[to..]}");
    }

    private static string Table(IEnumerable<Figure> figures)
    {
        var table = new StringBuilder("| figure | value | budget | | original | better by |\n");
        table.Append("|---|---|---|---|---|---|\n");
        foreach (var figure in figures)
        {
            var budget = Budgets.Of(figure.Name);
            var limit =
                budget.Most is { } most ? $"≤ {Text(most, figure.Unit)}"
                : budget.Least is { } least ? $"≥ {Text(least, figure.Unit)}"
                : "";
            var met = budget.Met(figure.Rounded) switch
            {
                null => "",
                true => "met",
                false => "**missed**",
            };
            var (original, better) = budget.Original is not { } theirs
                ? ("", "")
                : (Text(theirs, figure.Unit), $"{theirs / figure.Value:0}x");
            var value = Text(figure.Rounded, figure.Unit);
            table.Append($"| `{figure.Name}` | {value} | {limit} | {met} | {original} | {better} |\n");
        }
        return table.ToString();
    }

    private static string Text(double value, string unit) =>
        $"{value.ToString(CultureInfo.InvariantCulture)}{(unit.Length is 0 or > 3 ? "" : " ")}{unit}";
}
