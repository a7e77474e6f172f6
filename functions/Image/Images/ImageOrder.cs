namespace Pipeline.Image.Images;

/// <summary>The order of a list: the client's keys, then age and id, so that every image has one place in it.</summary>
internal sealed class ImageOrder
{
    private static readonly Dictionary<string, (string Sql, Func<Image, object> Value)> Known = new()
    {
        ["name"] = ("COALESCE(name, '')", image => image.Name ?? ""),
        ["status"] = ("status", image => image.Status),
        ["container_format"] = ("COALESCE(container_format, '')", image => image.ContainerFormat ?? ""),
        ["disk_format"] = ("COALESCE(disk_format, '')", image => image.DiskFormat ?? ""),
        ["size"] = ("COALESCE(size, -1)", image => image.Size ?? -1),
        ["id"] = ("id", image => image.Id),
        ["created_at"] = ("created_at", image => image.CreatedAt),
        ["updated_at"] = ("updated_at", image => image.UpdatedAt),
    };

    private readonly List<(string Key, bool Descending)> keys;

    public ImageOrder(IReadOnlyList<SortKey> sort)
    {
        keys = [.. sort.Select(key => (key.Name, key.Descending ?? true))];
        var last = keys.Count == 0 || keys[^1].Descending;
        foreach (var key in new[] { "created_at", "id" })
            if (!keys.Exists(given => given.Key == key))
                keys.Add((key, last));
    }

    public static IReadOnlyCollection<string> Keys => Known.Keys;

    public string Sql => string.Join(", ", keys.Select(k => $"{Known[k.Key].Sql} {(k.Descending ? "DESC" : "ASC")}"));

    /// <summary>What comes after an image: beyond it by the first key, or level with it and beyond by the next, and so on.</summary>
    public string After(Image marker, Dictionary<string, object> args)
    {
        var condition = "1 = 0";
        for (var i = keys.Count - 1; i >= 0; i--)
        {
            var (sql, value) = Known[keys[i].Key];
            args[$"after{i}"] = value(marker);
            condition = $"({sql} {(keys[i].Descending ? '<' : '>')} @after{i} OR ({sql} = @after{i} AND {condition}))";
        }
        return condition;
    }
}
