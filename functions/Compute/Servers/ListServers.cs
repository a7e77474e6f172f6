using System.Text.Json;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.Servers;

/// <summary>A page of servers, newest first. Its cost does not depend on how many servers the cloud holds.</summary>
internal sealed class ListServers(Database db, INetworks networks, PublicUrl publicUrl)
{
    private const int Most = 1000;
    private const int Batch = 200;

    [Function("compute-list-servers"), Policy("os_compute_api:servers:index", Require.ProjectReader)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "servers", detail: false);

    [Function("compute-list-servers-detail"), Policy("os_compute_api:servers:detail", Require.ProjectReader)]
    public Task<IResult> DetailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/servers/detail")] HttpRequest request,
        Caller caller
    ) => AnswerAsync(request, caller, "servers/detail", detail: true);

    private async Task<IResult> AnswerAsync(HttpRequest request, Caller caller, string path, bool detail)
    {
        var page = Page.Of(request, Most, [.. ServerStore.SortKeys.Keys]);
        var filter = ServerFilter.Of(request, caller.IsAdmin);
        var project = ProjectOf(Query.Of(request), caller, detail);
        var found =
            filter.IsEmpty || page.Limit == 0
                ? new([], Empty, NoVolumes, false)
                : await db.ReadAsync(tx => FindAsync(tx, project, page, filter, detail));
        var baseUrl = publicUrl.Of(request);
        var next = found.More ? Page.NextQuery(request, found.Servers[^1].Id.ToString()) : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("servers");
                foreach (var server in found.Servers)
                    Write(w, server, found, baseUrl, caller.IsAdmin, detail);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "servers_links", $"{baseUrl}/compute/v2.1/{path}{next}");
                w.WriteEndObject();
            }
        );
    }

    /// <summary>Null for all. Only an operator may ask for all, and, of all, for one project's; for others a project's name means nothing.</summary>
    private static ProjectId? ProjectOf(Query query, Caller caller, bool detail)
    {
        if (query.Bool("all_tenants") != true)
            return caller.Project;
        if (!caller.IsAdmin)
            throw Fault.Forbidden(
                $"Policy doesn't allow os_compute_api:servers:{(detail ? "detail" : "index")}:get_all_tenants to be performed."
            );
        return (query["project_id"] ?? query["tenant_id"]) is { Length: > 0 } named ? new ProjectId(named) : null;
    }

    private static void Write(Utf8JsonWriter w, Server server, Found found, string baseUrl, bool isAdmin, bool detail)
    {
        if (detail)
            ServerView.Write(
                w,
                server,
                baseUrl,
                (found.Ports.GetValueOrDefault(server.Id) ?? [], found.Volumes[server.Id]),
                isAdmin
            );
        else
            ServerView.WriteShort(w, server, baseUrl);
    }

    private async ValueTask<Found> FindAsync(Tx tx, ProjectId? project, Page page, ServerFilter filter, bool detail)
    {
        var found = await FindPageAsync(tx, project, page, filter, detail);
        return detail
            ? found with
            {
                Volumes = await tx.ListServerVolumesAsync(found.Servers.Select(s => s.Id)),
            }
            : found;
    }

    private async ValueTask<Found> FindPageAsync(Tx tx, ProjectId? project, Page page, ServerFilter filter, bool detail)
    {
        var after = await MarkerAsync(tx, project, page.Marker);
        var servers = new List<Server>();
        var ports = new Dictionary<ServerId, IReadOnlyList<ServerPort>>();
        while (true)
        {
            var take = Math.Min(Batch, page.Limit + 1);
            var batch = await tx.ListServersAsync(project, page, after?.Id, take);
            var theirs =
                detail || filter.NeedsPorts
                    ? await networks.ListServerPortsAsync(tx, [.. batch.Select(s => s.Id)])
                    : Empty;
            foreach (var server in batch.Where(s => filter.Passes(s, theirs.GetValueOrDefault(s.Id) ?? [])))
            {
                if (servers.Count == page.Limit)
                    return new(servers, ports, NoVolumes, true);
                servers.Add(server);
                if (theirs.TryGetValue(server.Id, out var attached))
                    ports[server.Id] = attached;
            }
            if (batch.Count < take)
                return new(servers, ports, NoVolumes, false);
            after = batch[^1];
        }
    }

    private static async ValueTask<Server?> MarkerAsync(Tx tx, ProjectId? project, string? marker)
    {
        if (marker is null)
            return null;
        var server = ServerId.TryParse(marker, out var id) ? await tx.FindServerAsync(id) : null;
        return server is not null && (project is null || server.ProjectId == project)
            ? server
            : throw Fault.BadRequest($"marker [{marker}] not found");
    }

    private static readonly IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>> Empty =
        new Dictionary<ServerId, IReadOnlyList<ServerPort>>();

    private static readonly ILookup<ServerId, VolumeId> NoVolumes = Array
        .Empty<(ServerId Server, VolumeId Volume)>()
        .ToLookup(v => v.Server, v => v.Volume);

    private sealed record Found(
        IReadOnlyList<Server> Servers,
        IReadOnlyDictionary<ServerId, IReadOnlyList<ServerPort>> Ports,
        ILookup<ServerId, VolumeId> Volumes,
        bool More
    );
}
