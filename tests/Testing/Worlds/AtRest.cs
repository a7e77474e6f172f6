using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What holds in every cloud in which nothing is under way.</summary>
public static class AtRest
{
    private const string Runs = "an ACTIVE server's guest runs on its host and nowhere else";
    private const string GivenUp = "nothing is given up";
    private const string Reclaimed = "no sweep has to reclaim anything";

    private static readonly (string Promise, string Sql)[] None =
    [
        (
            "every orchestration ends",
            "SELECT id || ' ' || status || COALESCE(' ' || blocked, '') FROM instances WHERE completed_at IS NULL"
        ),
        (
            "a lock that nobody holds is free",
            "SELECT resource FROM resources WHERE operation IS NOT NULL OR next_operation IS NOT NULL"
        ),
        (
            "no news is left for nobody",
            "SELECT instance_id FROM inbox UNION SELECT instance_id FROM tasks UNION SELECT queue FROM outbox"
        ),
        ("no server stays in BUILD", "SELECT id FROM servers WHERE status = 'BUILD' OR task_state IS NOT NULL"),
        (
            "no volume is left half-way",
            """
            SELECT id || ' ' || status FROM volumes WHERE status IN
                ('creating', 'downloading', 'extending', 'reverting', 'managing', 'unmanaging', 'deleting')
            UNION ALL SELECT id || ' ' || status FROM volume_snapshots
                WHERE status IN ('creating', 'restoring', 'deleting')
            """
        ),
        (
            "no secret outlives its server or attachment",
            """
            SELECT owner FROM secrets WHERE owner NOT IN
                (SELECT 'server/' || id FROM servers UNION ALL SELECT 'attachment/' || id FROM volume_attachments)
            """
        ),
        (
            "no tombstone is left",
            """
            SELECT id FROM ports WHERE deleted_at IS NOT NULL UNION SELECT id FROM networks WHERE deleted_at IS NOT NULL
            UNION SELECT id FROM routers WHERE deleted_at IS NOT NULL
            UNION SELECT id FROM floating_ips WHERE deleted_at IS NOT NULL
            """
        ),
        (GivenUp, "SELECT kind || ' ' || subject || ' ' || fault FROM dead_letters"),
        (Reclaimed, "SELECT target FROM audit WHERE rule = 'hosts:sweep:reclaim'"),
    ];

    /// <summary>What does not hold: the promise, and where it is broken.</summary>
    /// <param name="restored">True where hosts know more than the database: a sweep takes it away, and their answers are for nobody.</param>
    public static async Task<IReadOnlyList<(string Promise, string What)>> FindAsync(
        TestCloud cloud,
        bool restored = false
    )
    {
        List<(string, string)> broken = [];
        foreach (var (promise, sql) in None.Where(n => !restored || n.Promise is not (GivenUp or Reclaimed)))
        foreach (var what in await cloud.Store.ReadAsync(tx => tx.ListAsync<string>(sql)))
            broken.Add((promise, what));
        var sound = new Soundness((promise, what) => broken.Add((promise, what)));
        await cloud.Store.ReadAsync(async tx =>
        {
            await sound.WholeAsync(tx);
            broken.AddRange((await Unowned.FindAsync(cloud, tx, atRest: true)).Select(i => (Unowned.Promise, $"{i}")));
            broken.AddRange((await AstrayAsync(cloud, tx)).Select(g => (Runs, g)));
            return true;
        });
        return broken;
    }

    private static async Task<IReadOnlyList<string>> AstrayAsync(TestCloud cloud, Tx tx)
    {
        List<string> astray = [];
        foreach (
            var line in await tx.ListAsync<string>("SELECT id || ' ' || host_id FROM servers WHERE status = 'ACTIVE'")
        )
        {
            var (id, home) = (line.Split(' ')[0], line.Split(' ')[1]);
            var places = cloud.Hosts.Where(h =>
                h.Metal.Guests.TryGetValue(id, out var guest) && $"{guest.State}" == "Running"
            );
            var where = string.Join(", ", places.Select(h => $"{h.Id}"));
            if (where != home)
                astray.Add($"{id} of {home} runs on '{where}'");
        }
        return astray;
    }
}
