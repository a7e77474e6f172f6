using System.Text.Json;

namespace Pipeline.Testing.Clouds;

/// <summary>What the cloud answered to one request.</summary>
public sealed record CloudAnswer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A value of the body by names, as `Text("server", "id")`.</summary>
    public string Text(params string[] path)
    {
        var at = Json;
        foreach (var name in path)
            at = at.GetProperty(name);
        return at.ToString();
    }

    /// <exception cref="InvalidOperationException">It was another status; the message shows the body.</exception>
    public CloudAnswer Must(int status) =>
        Status == status ? this : throw new InvalidOperationException($"{status} was due, it was {Status}: {Body}");

    public override string ToString() => $"{Status} {Body}";
}
