using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.Testing;

/// <summary>An answer to compare with a golden file.</summary>
public sealed record GoldenAnswer(int Status, IEnumerable<KeyValuePair<string, string>> Headers, string Body);

/// <summary>
/// Compares an answer, its ids and times masked, with a file under the test project's `Goldens/`; `GOLDEN=write` in the
/// environment rewrites the files instead. Sample, documentation and test are one file.
/// </summary>
public static partial class Golden
{
    private static readonly HashSet<string> Compared = new(
        "Allow,Content-Type,Location,OpenStack-API-Version,Vary,WWW-Authenticate,X-OpenStack-Nova-API-Version".Split(
            ','
        ),
        StringComparer.OrdinalIgnoreCase
    );

    /// <param name="name">The file below `Goldens/`, as `compute/servers/create.202.json`.</param>
    /// <param name="source">Filled in: the test's own file, which tells its project.</param>
    public static void Matches(GoldenAnswer answer, string name, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(ProjectOf(source), "Goldens", name);
        var actual = Render(answer);
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        if (!File.Exists(path))
            throw new GoldenException($"There is no golden {name}; run with GOLDEN=write and look at:\n{actual}");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected != actual)
            throw new GoldenException($"The answer is not the golden {name}.\n{Difference(expected, actual)}");
    }

    private static string Render(GoldenAnswer answer)
    {
        var text = new StringBuilder().Append(answer.Status).Append('\n');
        foreach (var (header, value) in answer.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
            if (Compared.Contains(header))
                text.Append(header).Append(": ").Append(value).Append('\n');
        if (answer.Body.Length > 0)
            text.Append('\n').Append(Indented(answer.Body)).Append('\n');
        return Masked().Replace(text.ToString(), Mask);
    }

    private static string Indented(string body)
    {
        if (body[0] is not ('{' or '['))
            return body.ReplaceLineEndings("\n").TrimEnd('\n');
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(bytes, options))
            JsonElement.Parse(body).WriteTo(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    // Of a time the format is compared: services differ in it.
    private static string Mask(Match match) =>
        match.Groups["time"].Success ? string.Concat(match.Value.Select(c => char.IsAsciiDigit(c) ? '0' : c))
        : match.Groups["host"].Success ? "http://HOST"
        : match.Groups["hex"].Success ? "HEX-ID"
        : match.Groups["mac"].Success ? "MAC"
        : match.Groups["audit"].Success ? "AUDIT-ID"
        : "UUID";

    private static string Difference(string expected, string actual)
    {
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var lines = Enumerable
            .Range(0, Math.Max(was.Length, now.Length))
            .Where(at => was.ElementAtOrDefault(at) != now.ElementAtOrDefault(at))
            .Select(at =>
                $"line {at + 1}\n  golden: {was.ElementAtOrDefault(at)}\n  answer: {now.ElementAtOrDefault(at)}"
            );
        return string.Join('\n', lines);
    }

    private static string ProjectOf(string source)
    {
        var folder = Path.GetDirectoryName(source);
        while (folder is not null && Directory.GetFiles(folder, "*.csproj").Length == 0)
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"{source} is in no project.");
    }

    [GeneratedRegex(
        @"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
            + @"|(?<![0-9a-f])(?<hex>[0-9a-f]{56}|[0-9a-f]{32})(?![0-9a-f])"
            + @"|(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?)"
            + @"|(?<mac>fa:16:3e(:[0-9a-f]{2}){3})"
            + @"|(?<="")(?=[^""]*[A-Z])(?=[^""]*[a-z])(?<audit>[\w-]{22})(?="")"
            + @"|(?<host>http://[\w.\-]+(:\d+)?)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Masked();
}

public sealed class GoldenException(string message) : Exception(message);
