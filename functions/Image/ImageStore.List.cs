using Pipeline.Data;
using Pipeline.Image.Images;

namespace Pipeline.Image;

/// <summary>
/// The list of images: each kind of image that the caller sees is looked up by its own index from the marker on, and the
/// kinds are merged, so a page costs the same however many images others hold.
/// </summary>
internal static partial class ImageStore
{
    public static ValueTask<IReadOnlyList<Image>> ListImagesAsync(
        this Tx tx,
        Caller caller,
        ImageFilter filter,
        ImageOrder order,
        Image? after,
        int limit
    )
    {
        var args = new Dictionary<string, object>
        {
            ["project"] = caller.ProjectId ?? new ProjectId(""),
            ["limit"] = limit,
            ["visibility"] = filter.Visibility ?? "",
        };
        var matching = filter.Conditions(args) + " AND status <> 'deleted'";
        if (filter.Visibility is not (null or "all"))
            matching += " AND visibility = @visibility";
        if (after is not null)
            matching += $" AND {order.After(after, args)}";
        var kinds = Kinds(caller, filter.Visibility)
            .Select((kind, i) => $"SELECT * FROM ({Select($"{kind} AND {matching}", order)}) AS kind{i}");
        var sql = $"SELECT * FROM ({string.Join(" UNION ALL ", kinds)}) AS seen ORDER BY {order.Sql} LIMIT @limit";
        return tx.ListAsync<Image>(sql, args);
    }

    private static string Select(string where, ImageOrder order) =>
        $"SELECT {Columns} FROM images WHERE {where} ORDER BY {order.Sql} LIMIT @limit";

    /// <summary>Disjoint conditions. Community images are listed when asked for; an admin sees all others.</summary>
    private static IEnumerable<string> Kinds(Caller caller, string? visibility)
    {
        if (caller.IsAdmin)
            return
            [
                visibility is null ? $"(visibility <> '{Visibility.Community}' OR project_id = @project)" : "1 = 1",
            ];
        string[] others = visibility switch
        {
            null => [Visibility.Public],
            "all" => [Visibility.Public, Visibility.Community],
            Visibility.Public or Visibility.Community => [visibility],
            _ => [],
        };
        return
        [
            "project_id = @project",
            .. others.Select(other => $"visibility = '{other}' AND project_id <> @project"),
        ];
    }
}
