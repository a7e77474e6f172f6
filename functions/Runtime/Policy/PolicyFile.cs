using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Runtime.Policy;

/// <summary>
/// An operator's `policy.yaml`: rule names and check strings, a mapping of text to text and nothing else of YAML. A value may go on in
/// indented lines, also after `>` or `|`.
/// </summary>
internal static partial class PolicyFile
{
    /// <exception cref="Fault">BadRequest naming the line and what is wrong with it.</exception>
    /// <param name="known">The rules that checks may name beside those of the file.</param>
    public static IReadOnlyDictionary<string, Check> Read(string text, IReadOnlyCollection<string> known)
    {
        var (checks, lines) = (new Dictionary<string, Check>(), new Dictionary<string, int>());
        foreach (var (line, name, value) in Entries(text))
        {
            if (!lines.TryAdd(name, line))
                throw Wrong(line, $"{name} is there already, in line {lines[name]}");
            checks.Add(name, Parse(line, value));
        }
        foreach (var (name, check) in checks)
        {
            if (check.Named().FirstOrDefault(one => !checks.ContainsKey(one) && !known.Contains(one)) is { } missing)
                throw Wrong(lines[name], $"{name} names the rule {missing}, which does not exist");
            if (Circles(name, checks))
                throw Wrong(lines[name], $"{name} leads back to itself");
        }
        return checks;
    }

    private static Check Parse(int line, string value)
    {
        try
        {
            return CheckText.Read(value);
        }
        catch (FormatException wrong)
        {
            throw Wrong(line, wrong.Message);
        }
    }

    private static IEnumerable<(int Line, string Name, string Value)> Entries(string text)
    {
        (int Line, string Name, StringBuilder Value)? open = null;
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd();
            if (line.Length == 0 || line.TrimStart().StartsWith('#') || (line == "---" && open is null))
                continue;
            if (char.IsWhiteSpace(line[0]))
            {
                _ = open ?? throw Wrong(number, "it is indented, but nothing goes on there");
                open.Value.Value.Append(' ').Append(line.Trim());
                continue;
            }
            if (open is { } whole)
                yield return (whole.Line, whole.Name, Scalar(whole.Line, whole.Value.ToString()));
            var entry = Entry().Match(line);
            if (!entry.Success)
                throw Wrong(number, "it is not of the form rule: check");
            open = (number, Scalar(number, entry.Groups["name"].Value), new(entry.Groups["value"].Value));
        }
        if (open is { } last)
            yield return (last.Line, last.Name, Scalar(last.Line, last.Value.ToString()));
    }

    // Quoted, folded or plain; a comment may follow what is quoted or plain.
    private static string Scalar(int line, string text)
    {
        var value = text.Trim();
        if (value.StartsWith('>') || value.StartsWith('|'))
            return value.TrimStart('>', '|', '-', '+').Trim();
        if (value is ['"' or '\'', ..])
        {
            var quote = value[0];
            var end = value.IndexOf(quote, 1);
            var rest = end < 0 ? "" : value[(end + 1)..].TrimStart();
            if (end < 0 || (rest.Length > 0 && rest[0] != '#'))
                throw Wrong(line, "a quote is not closed, or something follows it");
            return quote == '"' && value[..end].Contains('\\')
                ? throw Wrong(line, "escapes are not supported")
                : value[1..end];
        }
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        value = comment < 0 ? value : value[..comment].TrimEnd();
        return value is ['[' or '{' or '&' or '*', ..]
            ? throw Wrong(line, "it must be text; lists and other forms of YAML are not supported")
            : value;
    }

    private static bool Circles(string name, Dictionary<string, Check> checks)
    {
        var (met, next) = (new HashSet<string>(), new Stack<string>(checks[name].Named()));
        while (next.TryPop(out var at))
        {
            if (at == name)
                return true;
            if (met.Add(at) && checks.TryGetValue(at, out var check))
                foreach (var further in check.Named())
                    next.Push(further);
        }
        return false;
    }

    private static Fault Wrong(int line, string what) => Fault.BadRequest($"policy file, line {line}: {what}");

    [GeneratedRegex(
        """^(?<name>"[^"]+"|'[^']+'|[^\s"'#:][^\s]*?)\s*:(?:\s+(?<value>.*))?$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Entry();
}
