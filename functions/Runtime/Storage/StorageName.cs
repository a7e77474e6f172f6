using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>The naming rules of Azure Storage for queues, containers and blobs; a breach is `BadRequest`.</summary>
internal static class StorageName
{
    /// <summary>3 to 63 of a–z, 0–9 and single inner hyphens.</summary>
    public static string Queue(string name) => Label("queue", name);

    public static string Container(string name) => Label("container", name);

    /// <summary>
    /// 1 to 1024 characters in `/`-separated segments. Refused is what a URL cannot carry unchanged: dot segments,
    /// backslashes, control characters, and a dot or slash at the end.
    /// </summary>
    public static string Blob(string name)
    {
        var good =
            name.Length is >= 1 and <= 1024
            && name[^1] is not ('.' or '/')
            && !name.Any(c => char.IsControl(c) || c is '\\' or '\uFFFE' or '\uFFFF')
            && !name.Split('/').Any(segment => segment is "" or "." or "..");
        return good ? name : throw Fault.BadRequest("The blob's name is empty, too long or not expressible in a URL.");
    }

    private static string Label(string kind, string name)
    {
        var good =
            name.Length is >= 3 and <= 63
            && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
            && name[0] != '-'
            && name[^1] != '-'
            && !name.Contains("--");
        return good
            ? name
            : throw Fault.BadRequest($"'{name}' names no {kind}: 3 to 63 of a-z, 0-9 and single inner hyphens.");
    }
}
