using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What holds on the hosts: nothing is there without an owner, and nothing is taken away that nobody deleted.</summary>
internal sealed class Metal(TestCloud cloud, Action<string, string> violated, Func<string, bool> deleteAsked)
{
    private const string Standing = """
        SELECT id FROM servers WHERE status = 'ACTIVE'
        UNION ALL SELECT id FROM volumes WHERE status = 'available'
        UNION ALL SELECT id FROM volume_snapshots WHERE status = 'available'
        """;
    private readonly HashSet<string> stood = [];
    private readonly HashSet<string> strays = [];
    private bool released;

    public IReadOnlySet<string> Strays => strays;

    /// <summary>Servers that have been ACTIVE, volumes that were available: they hold what their tenants put there.</summary>
    public async ValueTask CommittingAsync(Tx tx, IReadOnlySet<string> written)
    {
        if (written.Contains("servers") || written.Contains("volumes") || written.Contains("volume_snapshots"))
            stood.UnionWith(await tx.ListAsync<string>(Standing));
    }

    /// <summary>The database was restored: what it knows stands as it says; what it does not know stands as it stood.</summary>
    public async Task RestoredAsync(Tx tx)
    {
        stood.ExceptWith(
            await tx.ListAsync<string>(
                "SELECT id FROM servers UNION ALL SELECT id FROM volumes UNION ALL SELECT id FROM volume_snapshots"
            )
        );
        stood.UnionWith(await tx.ListAsync<string>(Standing));
    }

    /// <summary>An operator has said that what the database does not know may go.</summary>
    public void Release() => released = true;

    /// <summary>A driver has done something.</summary>
    public void Done(TestHost host, string operation, string id)
    {
        if (
            operation
                is "DestroyGuest"
                    or "DeleteDisks"
                    or "WriteImage"
                    or "DeleteVolume"
                    or "WriteVolumeImage"
                    or "DeleteSnapshot"
            && stood.Contains(id)
            && !deleteAsked(id)
            && !released
        )
            violated("nothing that stands is taken away", $"{operation} of {id} on {host.Name}");
        if (operation is "DestroyGuest" && strays.Contains(id))
            violated("what nobody knows is left alone", $"{operation} of {id} on {host.Name}");
    }

    /// <summary>What the host's own agent had begun before it died may still end; this was begun by the other one.</summary>
    public void Trespassed(TestHost host, string operation, string id)
    {
        if (!operation.StartsWith("List", StringComparison.Ordinal))
            violated("an agent of another cloud touches nothing", $"{operation} of {id} on {host.Name}");
    }

    /// <summary>A guest that this cloud never made, under its name.</summary>
    public void PutStray(TestHost host, Guid id)
    {
        if (host.Metal.Guests.Values.FirstOrDefault() is not { } pattern)
            return;
        host.Metal.Guests[$"{id}"] = pattern with { Spec = pattern.Spec with { Id = new(id) } };
        strays.Add($"{id}");
        cloud.World.Log.Add($"{host.Name} holds a stray guest {id}");
    }

    /// <summary>At any time: what a host has is its server's, is being worked on, was removed, or is listed.</summary>
    public async Task LookAsync(Tx tx)
    {
        foreach (var item in await Unowned.FindAsync(cloud, tx))
            if (!strays.Contains(item.Id))
                violated(Unowned.Promise, $"{item}");
    }

    /// <summary>In the end strays are where they were.</summary>
    public void AtRest()
    {
        foreach (var id in strays)
            if (!cloud.Hosts.Any(h => h.Metal.Guests.ContainsKey(id)))
                violated("what nobody knows is left alone", $"guest {id} is gone");
    }

    /// <summary>The operator has seen them, and takes them away with their own hands.</summary>
    public void RemoveStrays()
    {
        foreach (var host in cloud.Hosts)
        foreach (var id in strays)
            host.Metal.Guests.Remove(id);
        strays.Clear();
    }
}
