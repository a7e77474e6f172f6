using System.Reflection;
using System.Text.RegularExpressions;
using Pipeline.Testing;

namespace Pipeline.Durable.Tests;

/// <summary>`docs/durable-cases.md` and the tests it names.</summary>
public sealed partial class CasesPageTests
{
    [Fact]
    public async Task Every_test_the_page_names_is_there()
    {
        var here = typeof(CasesPageTests)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(m => m.IsDefined(typeof(FactAttribute), inherit: true))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}")
            .ToHashSet(StringComparer.Ordinal);
        var named = Test().Matches(await PageAsync()).Select(m => m.Groups["name"].Value).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Distinct().Except(here));
    }

    [Fact]
    public async Task Every_case_has_a_test_or_says_why_there_is_none()
    {
        var rows = Row().Matches(await PageAsync());
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, r => !Verdict().IsMatch(r.Groups["verdict"].Value));
    }

    private static Task<string> PageAsync() =>
        File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs/durable-cases.md"),
            TestContext.Current.CancellationToken
        );

    [GeneratedRegex(
        @"`(?<name>[A-Z][A-Za-z]+(Tests|Contract)\.[A-Z][A-Za-z0-9_]*)`",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| `[^|]+` \|(?<verdict>[^|]*)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"(Tests|Contract)\.|Does not apply: \w|Not yet: \w", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Verdict();
}
