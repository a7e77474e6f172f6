namespace Pipeline.Testing.Models;

/// <summary>Calls about the volumes that servers have.</summary>
internal static class AttachmentSteps
{
    private const string Servers = "/compute/v2.1/servers";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("attach volume", 8, Attach),
        new("detach volume", 4, Detach),
        new("swap volume", 3, Swap) { ForAdmins = true },
        new("list attachments", 2, List),
    ];

    /// <summary>A server's volumes are its own project's, whoever asks.</summary>
    private static Call? Attach(Asking ask)
    {
        var estate = ask.Estate;
        if (About(ask, Rank.Member) is not var (path, server))
            return null;
        var (id, volume) = VolumeFor(ask, server);
        if (id.Length == 0)
            return null;
        ask.RefusedIf(server is { Status: not ("ACTIVE" or "SHUTOFF") }, 409);
        ask.RefusedIf(server is not null && volume?.Project != server.Project, 404);
        ask.RefusedIf(volume is { IsFree: false } && volume.Project == server?.Project, 400);
        return ask.Call(
            "POST",
            path,
            $$$"""{"volumeAttachment": {"volumeId": "{{{id}}}"}}""",
            200,
            _ => Give(volume!, server!)
        ) with
        {
            Settles = true,
        };
    }

    private static Call? Detach(Asking ask)
    {
        if (About(ask, Rank.Member) is not var (path, server) || HeldFor(ask, server) is not var (id, volume))
            return null;
        ask.RefusedIf(server is { Status: not ("ACTIVE" or "SHUTOFF") }, 409);
        ask.RefusedIf(server is not null && volume?.Server != server, 404);
        return ask.Call("DELETE", $"{path}/{id}", "", 202, _ => Take(volume!)) with { Settles = true };
    }

    /// <summary>Another volume, at least as large, takes the place of one that a running server has.</summary>
    private static Call? Swap(Asking ask)
    {
        if (About(ask, Rank.Admin) is not var (path, server) || HeldFor(ask, server) is not var (id, volume))
            return null;
        var (nextId, next) = ask.Estate.Pick(ask.Estate.Volumes, ask.Step.How);
        ask.RefusedIf(server is { Status: not "ACTIVE" }, 409);
        ask.RefusedIf(server is not null && volume?.Server != server, 404);
        ask.RefusedIf(server is not null && next?.Project != server.Project, 400);
        if (next is not null)
            ask.RefusedIf(!next.IsFree || next.IsReadOnly || next.Gib < volume?.Gib, 400);
        return ask.Call(
            "PUT",
            $"{path}/{id}",
            $$$"""{"volumeAttachment": {"volumeId": "{{{nextId}}}"}}""",
            202,
            _ =>
            {
                Take(volume!);
                Give(next!, server!);
            }
        ) with
        {
            Settles = true,
        };
    }

    private static Call? List(Asking ask)
    {
        if (About(ask, Rank.Reader, changes: false) is not var (path, server))
            return null;
        return ask.Call(
            "GET",
            path,
            "",
            200,
            answer =>
                Comparison.Same(
                    "a server's volumes",
                    ask.Estate.Volumes.Where(v => v.Server == server).Select(v => v.Id),
                    answer
                        .Json.GetProperty("volumeAttachments")
                        .EnumerateArray()
                        .Select(a => a.GetProperty("volumeId").GetString()!)
                )
        );
    }

    private static void Give(AVolume volume, AServer server) =>
        (volume.Server, volume.Status) = (server, AVolume.InUse);

    private static void Take(AVolume volume) => (volume.Server, volume.Status) = (null, AVolume.Available);

    /// <summary>Mostly one that the server could have.</summary>
    private static (string Id, AVolume? Volume) VolumeFor(Asking ask, AServer? server)
    {
        var free = ask.Estate.Volumes.FindAll(v => v.IsFree && v.Project == server?.Project);
        var usual = ask.Step.How % 4 > 0 && free.Count > 0;
        return ask.Estate.Pick(usual ? free : ask.Estate.Volumes, ask.Step.Other);
    }

    /// <summary>Mostly one that the server has.</summary>
    private static (string Id, AVolume? Volume)? HeldFor(Asking ask, AServer? server)
    {
        var held = ask.Estate.Volumes.FindAll(v => v.Server is not null && v.Server == server);
        var usual = ask.Step.Other % 8 > 0 && held.Count > 0;
        var (id, volume) = ask.Estate.Pick(usual ? held : ask.Estate.Volumes, ask.Step.Other);
        return id.Length == 0 ? null : (id, volume);
    }

    /// <summary>Those that have volumes come first: most calls shall be about something.</summary>
    private static (string Path, AServer? Server)? About(Asking ask, Rank rank, bool changes = true)
    {
        var estate = ask.Estate;
        var holders = estate.Servers.FindAll(s => estate.Volumes.Exists(v => v.Server == s));
        var usual = ask.Step.Which % 3 == 0 && holders.Count > 0;
        var (id, server) = estate.Pick(usual ? holders : estate.Servers, ask.Step.Which, ask.Caller);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(server is null || !Estate.Owns(ask.Caller, server), 404);
        ask.RefusedIf(changes && server is { IsLocked: true } && !ask.Caller.IsAdmin, 409);
        return ($"{Servers}/{id}/os-volume_attachments", server);
    }
}
