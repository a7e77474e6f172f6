namespace Pipeline.Testing.Models;

/// <summary>Calls by which volumes change hands.</summary>
internal static class TransferSteps
{
    public const string Transfers = "/volume/v3/os-volume-transfer";

    public static readonly IReadOnlyList<StepKind> All =
    [
        new("offer volume", 3, Offer),
        new("show offer", 1, Show),
        new("accept volume", 5, Accept),
        new("take offer back", 2, TakeBack),
    ];

    /// <summary>An older offer, which an operator's word on the volume's status has passed over, ends.</summary>
    private static Call? Offer(Asking ask)
    {
        if (VolumeSteps.About(ask, Rank.Member) is not { } it)
            return null;
        var (estate, volume) = (ask.Estate, it.Volume);
        ask.RefusedIf(volume is { IsFree: false }, 400);
        var id = it.Path[(it.Path.LastIndexOf('/') + 1)..];
        return ask.Call(
            "POST",
            Transfers,
            $$$"""{"transfer": {"volume_id": "{{{id}}}", "name": "t{{{ask.Step.How}}}"}}""",
            202,
            answer =>
            {
                foreach (var old in estate.Transfers.FindAll(t => t.Volume == volume))
                    estate.Remove(estate.Transfers, old);
                volume!.Status = AVolume.Offered;
                estate.Transfers.Add(new(answer.Text("transfer", "id"), volume, answer.Text("transfer", "auth_key")));
            }
        );
    }

    private static Call? Show(Asking ask) =>
        About(ask, Rank.Reader, mine: true) is { } it ? ask.Call("GET", it.Path, "", 200) : null;

    /// <summary>Who has the key need not see the offer. The volume comes with its snapshots, and counts where it comes to.</summary>
    private static Call? Accept(Asking ask)
    {
        if (About(ask, Rank.Member, mine: false) is not { } it)
            return null;
        var (estate, to, offer) = (ask.Estate, ask.Caller.Project, it.Transfer);
        var knows = ask.Step.How % 6 > 0;
        ask.RefusedIf(offer is not null && !knows, 400);
        if (offer is not null)
        {
            ask.RefusedIf(offer.Volume.Status != AVolume.Offered, 400);
            var own = estate.Snapshots.FindAll(s => s.Volume == offer.Volume);
            Counts(ask, offer, "volumes", 1);
            Counts(ask, offer, "gigabytes", offer.Volume.Gib + own.Sum(s => s.Gib));
            if (own.Count > 0)
                Counts(ask, offer, "snapshots", own.Count);
        }
        return ask.Call(
            "POST",
            $"{it.Path}/accept",
            $$$"""{"accept": {"auth_key": "{{{(knows && offer is not null ? offer.Key : "guess")}}}"}}""",
            202,
            _ =>
            {
                estate.Remove(estate.Transfers, offer!);
                (offer!.Volume.Project, offer.Volume.Status) = (to, AVolume.Available);
                foreach (var snapshot in estate.Snapshots.Where(s => s.Volume == offer.Volume))
                    snapshot.Project = to;
            }
        );
    }

    /// <summary>Where it is already it counts once.</summary>
    private static void Counts(Asking ask, ATransfer offer, string resource, long amount) =>
        ask.RefusedIf(
            ask.Estate.Lacks(ask.Caller.Project, resource, offer.Project == ask.Caller.Project ? 0 : amount),
            413
        );

    private static Call? TakeBack(Asking ask) =>
        About(ask, Rank.Member, mine: true) is { } it
            ? ask.Call(
                "DELETE",
                it.Path,
                "",
                202,
                _ =>
                {
                    ask.Estate.Remove(ask.Estate.Transfers, it.Transfer!);
                    if (it.Transfer!.Volume.Status == AVolume.Offered)
                        it.Transfer.Volume.Status = AVolume.Available;
                }
            )
            : null;

    private static (string Path, ATransfer? Transfer)? About(Asking ask, Rank rank, bool mine)
    {
        var (id, offer) = ask.Estate.Pick(ask.Estate.Transfers, ask.Step.Which);
        if (id.Length == 0)
            return null;
        ask.Needs(rank);
        ask.RefusedIf(offer is null || (mine && !Estate.Owns(ask.Caller, offer)), 404);
        return ($"{Transfers}/{id}", offer);
    }
}
