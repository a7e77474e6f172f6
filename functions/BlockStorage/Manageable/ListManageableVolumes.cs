using System.Text.Json;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.BlockStorage.Manageable;

/// <summary>What lies on one backend, asked of its host while the operator waits.</summary>
internal sealed class ListManageableVolumes(Database db, HostConnections hosts)
{
    private const int Most = 1000;
    private const string Rule = "volume_extension:list_manageable";
    private const string Reference = "reference";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Function("volume-list-manageable-volumes"), Policy(Rule, Require.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ManageableRoutes.Old)]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ManageableRoutes.New)]
            HttpRequest request,
        Microversion version,
        CancellationToken ct
    ) => AnswerAsync(request, version, detail: false, ct);

    [Function("volume-list-manageable-volumes-detail"), Policy(Rule, Require.Admin)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ManageableRoutes.Old}/detail")]
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ManageableRoutes.New}/detail")]
            HttpRequest request,
        Microversion version,
        CancellationToken ct
    ) => AnswerAsync(request, version, detail: true, ct);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        Microversion version,
        bool detail,
        CancellationToken ct
    )
    {
        ManageableRoutes.Check(request, version);
        var query = Query.Of(request);
        query.Only("host", "cluster", "limit", "marker", "offset", "sort", "sort_key", "sort_dir");
        if (query.Has("cluster"))
            throw query.Wrong("cluster", "there are no clusters");
        var named = query["host"] ?? throw query.Wrong("host", "it is required");
        var page = Page.Of(request, Most, Reference, "size");
        var skip = query.Int("offset", 0) ?? 0;
        var (backend, managed) = await db.ReadAsync(async tx =>
        {
            var found = await ManageableRoutes.BackendAsync(tx, named);
            return (found, await ManageableVolume.ListManagedAsync(tx, found));
        });
        var ask = JsonSerializer.Serialize(new(backend.Name), ContractsJson.Default.ListUnmanaged);
        var answer = await hosts.AskAsync(backend.HostId, nameof(ListUnmanaged), ask, Limit, ct);
        var told = JsonSerializer.Deserialize(answer, ContractsJson.Default.UnmanagedVolumes)!;
        var all = Sorted([.. told.Found.Select(ManageableVolume.Of), .. managed], page.Sort).ToList();
        var first = page.Marker is { } marker ? all.FindIndex(one => one.Name == marker) + 1 : 0;
        if (first == 0 && page.Marker is not null)
            throw query.Wrong("marker", $"nothing is called '{page.Marker}'");
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("manageable-volumes");
                foreach (var one in all.Skip(first).Skip(skip).Take(page.Limit))
                    one.Write(w, detail);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    /// <summary>By size and name, or by name alone; what is not said falls, as in Cinder.</summary>
    private static IEnumerable<ManageableVolume> Sorted(
        IReadOnlyList<ManageableVolume> all,
        IReadOnlyList<SortKey> sort
    )
    {
        var key = sort.Count > 0 ? sort[0] : new(Reference, null);
        var rising = all.OrderBy(one => key.Name == Reference ? 0 : one.Gib)
            .ThenBy(one => one.Name, StringComparer.Ordinal);
        return key.Descending ?? true ? rising.Reverse() : rising;
    }
}
