namespace Pipeline.Runtime.Policy;

/// <summary>Reads oslo.policy's check strings: `role:reader and (system_scope:all or user_id:%(target.user.id)s)`.</summary>
internal ref struct CheckText
{
    private const int Deepest = 50;

    private readonly IReadOnlyList<string> given;
    private int at;
    private int depth;

    private CheckText(IReadOnlyList<string> words) => given = words;

    /// <exception cref="FormatException">The text is no check string; the message says why.</exception>
    public static Check Read(string text)
    {
        var words = Words(text);
        if (words.Count == 0)
            return new Check.Always();
        var reader = new CheckText(words);
        var check = reader.ReadAny();
        return reader.at == words.Count
            ? check
            : throw new FormatException($"'{words[reader.at]}' stands where no check may");
    }

    private Check ReadAny()
    {
        if (++depth > Deepest)
            throw new FormatException($"it is nested deeper than {Deepest}");
        var parts = new List<Check> { ReadAll() };
        while (Take("or"))
            parts.Add(ReadAll());
        depth--;
        return parts.Count == 1 ? parts[0] : new Check.Any(parts);
    }

    private Check ReadAll()
    {
        var parts = new List<Check> { ReadOne() };
        while (Take("and"))
            parts.Add(ReadOne());
        return parts.Count == 1 ? parts[0] : new Check.All(parts);
    }

    private Check ReadOne()
    {
        var negated = false;
        while (Take("not"))
            negated = !negated;
        Check one;
        if (Take("("))
        {
            one = ReadAny();
            if (!Take(")"))
                throw new FormatException("a parenthesis is not closed");
        }
        else
        {
            one =
                at < given.Count ? ReadCheck(given[at++]) : throw new FormatException("a check is missing at its end");
        }
        return negated ? new Check.Not(one) : one;
    }

    private bool Take(string word)
    {
        if (at >= given.Count || !string.Equals(given[at], word, StringComparison.OrdinalIgnoreCase))
            return false;
        at++;
        return true;
    }

    private static Check ReadCheck(string word)
    {
        if (word == "@")
            return new Check.Always();
        if (word == "!")
            return new Check.Never();
        var colon = word.IndexOf(':');
        if (colon <= 0)
            throw new FormatException($"'{word}' is not of the form kind:match");
        var (kind, match) = (word[..colon], word[(colon + 1)..]);
        return kind switch
        {
            "rule" => new Check.Rule(match),
            "role" => new Check.Role(match),
            "http" or "https" => throw new FormatException("checks by a remote server are not supported"),
            _ => Compare(kind, match),
        };
    }

    private static Check.Same Compare(string left, string right)
    {
        var key = right.StartsWith("%(") && right.EndsWith(")s") ? right[2..^2] : null;
        if (key is null && right.Contains("%("))
            throw new FormatException($"'{right}' mixes text and a target's attribute");
        var literal = Literal(left);
        return new(literal is null ? left : null, literal ?? "", key, key is null ? Unquoted(right) : "");
    }

    // Python's literals, as the left side of `'Member':%(role.name)s` or `None:%(target.role.domain_id)s`.
    private static string? Literal(string text) =>
        text is "None" or "True" or "False" || text.All(char.IsAsciiDigit) ? text
        : Unquoted(text) is var inner && inner.Length < text.Length ? inner
        : null;

    private static string Unquoted(string text) => text is ['\'', .., '\''] or ['"', .., '"'] ? text[1..^1] : text;

    // Parentheses stand at a word's ends; those of `%(key)s` stand within it.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var word = part.AsSpan();
            while (word.StartsWith("("))
            {
                words.Add("(");
                word = word[1..];
            }
            var closing = 0;
            while (word.EndsWith(")"))
            {
                closing++;
                word = word[..^1];
            }
            if (word.Length > 0)
                words.Add(word.ToString());
            words.AddRange(Enumerable.Repeat(")", closing));
        }
        return words;
    }
}
