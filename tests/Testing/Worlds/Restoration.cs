using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>
/// The database fails and is restored to an earlier point: what was told since is claimed no more. Then an operator looks
/// at what the hosts have beside it, says that sweeps may go on, and deletes what nobody misses.
/// </summary>
internal sealed class Restoration(
    TestCloud cloud,
    Metal metal,
    Mailing mailing,
    Soundness sound,
    Action<string, string> violated
)
{
    private const string Quarantine = "/hosts/v1/quarantine";
    private const string Reclaimed = "SELECT target FROM audit WHERE rule = 'hosts:sweep:reclaim' AND seq > @since";
    private bool begun;
    private long since;

    /// <summary>True from the restore on, until an operator has seen to what hosts have beside the database.</summary>
    public bool IsOpen { get; private set; }

    public bool Happened => cloud.Restores > 0;

    /// <summary>A copy is made, and some time later it is all there is. Once in a world.</summary>
    public async Task DoAsync(Deed deed, IReadOnlyList<Tenant> tenants)
    {
        if (begun)
            return;
        begun = true;
        var kept = tenants.SelectMany(t => t.Things).ToDictionary(t => t, t => t.DeleteAnswered);
        mailing.Save();
        await cloud.SaveStoreAsync();
        await cloud.PassAsync(TimeSpan.FromMilliseconds(deed.How * 60));
        await cloud.RestoreStoreAsync(async () =>
        {
            IsOpen = true;
            Forget(tenants, kept);
            mailing.Restore();
            sound.ForgetEpochs();
            await cloud.Store.ReadAsync(async tx =>
            {
                await metal.RestoredAsync(tx);
                since = await tx.ScalarAsync<long>("SELECT COALESCE(MAX(seq), 0) FROM audit");
                return true;
            });
        });
    }

    /// <summary>All has come to rest: what is too much is listed and was left alone; after an operator's word it goes.</summary>
    public async Task EndAsync()
    {
        await cloud.SettleAsync();
        await cloud.Store.ReadAsync(async tx =>
        {
            await metal.LookAsync(tx);
            foreach (var target in await tx.ListAsync<string>(Reclaimed, new { since }))
                violated("after a restore sweeps take nothing away until they are released", target);
            return true;
        });
        metal.RemoveStrays();
        metal.Release();
        (await cloud.PostAsync($"{Quarantine}/release", "", cloud.Admin)).Must(204);
        await cloud.SettleAsync();
        await DeleteListedAsync();
        await cloud.SettleAsync();
        IsOpen = false;
        await cloud.Store.ReadAsync(async tx =>
        {
            foreach (var item in await Unowned.FindAsync(cloud, tx, atRest: true, listed: false))
                violated("once sweeps are released no orphan is left", $"{item}");
            return true;
        });
    }

    private async Task DeleteListedAsync()
    {
        var listed = (await cloud.GetAsync(Quarantine, cloud.Admin)).Must(200).Json.GetProperty("quarantine");
        foreach (var item in listed.EnumerateArray())
        {
            var id = item.GetProperty("id").GetString();
            var answer = await cloud.PostAsync($"{Quarantine}/{id}/delete", "", cloud.Admin);
            if (answer.Status is not (202 or 404)) // what went with another of its server's is gone
                violated("an operator can delete what is in quarantine", $"{id}: {answer}");
            await cloud.IdleAsync();
        }
    }

    private static void Forget(IReadOnlyList<Tenant> tenants, Dictionary<Thing, bool> kept)
    {
        foreach (var thing in tenants.SelectMany(t => t.Things))
        {
            thing.Lost |= !kept.TryGetValue(thing, out var deleted);
            thing.DeleteAnswered = deleted;
        }
    }
}
