using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute;

internal sealed record Reply(int Status, IHeaderDictionary Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>A value of the body by names, as `Text("server", "id")`.</summary>
    public string Text(params string[] path)
    {
        var at = Json;
        foreach (var name in path)
            at = at.TryGetProperty(name, out var next)
                ? next
                : throw new InvalidOperationException($"no {name} in {Status} {Body}");
        return at.ToString();
    }

    /// <summary>Status and message of a fault in Nova's keyed envelope, as `400 badRequest: ...`.</summary>
    public string Fault
    {
        get
        {
            var fault = Json.EnumerateObject().Single();
            Assert.Equal(Status, fault.Value.GetProperty("code").GetInt32());
            return $"{Status} {fault.Name}: {fault.Value.GetProperty("message").GetString()}";
        }
    }

    /// <summary>One attribute of all items of a list.</summary>
    public IReadOnlyList<string> All(string collection, string attribute) =>
        Json.TryGetProperty(collection, out var items)
            ? [.. items.EnumerateArray().Select(item => item.GetProperty(attribute).ToString())]
            : throw new InvalidOperationException($"no {collection} in {Status} {Body}");

    public GoldenAnswer Golden =>
        new(Status, Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString())), Body);

    public override string ToString() => $"{Status} {Body}";
}
