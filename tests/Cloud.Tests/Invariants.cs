using Pipeline.Data;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Worlds;

namespace Pipeline.Cloud.Tests;

/// <summary>What holds in a cloud in which nothing is under way and on whose hosts nobody has put anything.</summary>
internal static class Invariants
{
    /// <param name="reclaims">True where a sweep was to find something.</param>
    public static async Task HoldAsync(TestCloud cloud, bool reclaims = false)
    {
        var broken = (await AtRest.FindAsync(cloud, reclaims)).Select(b => $"{b.Promise}: {b.What}");
        Assert.Empty(broken);
        Assert.Empty(await cloud.Store.ReadAsync(tx => tx.ListAsync<string>("SELECT item_id FROM quarantine")));
    }
}
