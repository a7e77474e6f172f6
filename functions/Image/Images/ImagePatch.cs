using System.Text.Json;

namespace Pipeline.Image.Images;

/// <summary>A JSON patch in the limited form that Glance takes: each operation names one attribute.</summary>
internal sealed class ImagePatch
{
    private static readonly string[] Operations = ["add", "remove", "replace"];
    private const string Words = "It must be one of the following: add, remove, replace.";
    private readonly List<Change> changes = [];

    private ImagePatch() { }

    /// <param name="isDraft">`{"replace": "/name", "value": …}` instead of `{"op": "replace", "path": "/name", …}`.</param>
    /// <exception cref="Fault">BadRequest for what is no such patch; Forbidden for attributes that nobody writes.</exception>
    public static ImagePatch Read(JsonElement body, bool isDraft)
    {
        if (body.ValueKind != JsonValueKind.Array)
            throw Fault.BadRequest("Request body must be a JSON array of operation objects.");
        var patch = new ImagePatch();
        foreach (var item in body.EnumerateArray())
            patch.changes.Add(ReadChange(item, isDraft));
        return patch;
    }

    /// <exception cref="Fault">As of the attributes; Conflict where a custom property is not there.</exception>
    public Image Apply(Image image, Caller caller)
    {
        foreach (var change in changes)
            image = Apply(image, change, caller);
        return image;
    }

    private static Image Apply(Image image, Change change, Caller caller)
    {
        var (operation, name, value) = change;
        if (ImageAttributes.IsKnown(name))
            return operation == "remove"
                ? throw Fault.Forbidden($"Property {name} may not be removed.")
                : ImageAttributes.Set(image, name, value!.Value, caller);
        var extra = image.Extra;
        if (operation != "add" && !extra.ContainsKey(name))
            throw Fault.Conflict($"Property {name} does not exist.");
        if (operation != "remove")
            return ImageAttributes.Set(image, name, value!.Value, caller);
        extra.Remove(name);
        return image.With(extra);
    }

    private static Change ReadChange(JsonElement item, bool isDraft)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw Fault.BadRequest("Operations must be JSON objects.");
        var (operation, path) = isDraft ? DraftTarget(item) : Target(item);
        var name = NameOf(path);
        if (name == "id")
            throw Fault.Forbidden("Attribute 'id' is read-only.");
        ImageAttributes.CheckWritable(name);
        if (operation == "remove")
            return new(operation, name, null);
        return item.TryGetProperty("value", out var value)
            ? new(operation, name, new Field(value, name))
            : throw Fault.BadRequest($"Operation \"{operation}\" requires a member named \"value\".");
    }

    private static (string Operation, string Path) Target(JsonElement item)
    {
        var operation =
            Text(item, "op") ?? throw Fault.BadRequest($"Unable to find `op` in JSON Schema change. {Words}");
        if (!Operations.Contains(operation))
            throw Fault.BadRequest($"Invalid operation: `{operation}`. {Words}");
        return (operation, Text(item, "path") ?? throw Fault.BadRequest("Unable to find 'path' in JSON Schema change"));
    }

    private static (string Operation, string Path) DraftTarget(JsonElement item) =>
        Operations.Where(o => Text(item, o) is not null).ToList() switch
        {
            [var operation] => (operation, Text(item, operation)!),
            [] => throw Fault.BadRequest($"Unable to find '{string.Join("', '", Operations)}' in JSON Schema change"),
            _ => throw Fault.BadRequest(
                "Operation objects must contain only one member named \"add\", \"remove\", or \"replace\"."
            ),
        };

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) ? new Field(value, name).String() : null;

    /// <summary>The one segment of a JSON pointer.</summary>
    private static string NameOf(string pointer)
    {
        if (!pointer.StartsWith('/'))
            throw Fault.BadRequest($"Pointer `{pointer}` does not start with \"/\".");
        if (pointer.Length == 1 || pointer.IndexOf('/', 1) >= 0)
            throw Fault.BadRequest($"Invalid JSON pointer for this resource: '{pointer}'");
        if (pointer.Replace("~0", "").Replace("~1", "").Contains('~'))
            throw Fault.BadRequest($"Pointer `{pointer}` contains \"~\" not part of a recognized escape sequence.");
        return pointer[1..].Replace("~1", "/").Replace("~0", "~");
    }

    private sealed record Change(string Operation, string Name, Field? Value);
}
