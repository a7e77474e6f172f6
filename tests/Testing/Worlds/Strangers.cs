using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Agent;
using Pipeline.Contracts;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Runtime.Agents;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>
/// An agent that has joined another cloud is started on a host of this one, in its own agent's place and towards this cloud's
/// control plane: it is refused there, drops an order that its own cloud did not sign, and touches nothing that the host has.
/// </summary>
internal sealed class Strangers(TestCloud cloud, Action<string, string> violated)
{
    public async Task ComeAsync(TestHost host, Deed deed)
    {
        using var keys = ControlKeys.Generate();
        using var identity = Another(keys);
        await host.KillAgentAsync();
        await cloud.Queues.Open(identity.Joined.Queue).CreateAsync();
        var stranger = host.StartStranger(identity);
        await cloud.Queues.Open(identity.Joined.Queue).SendAsync(cloud.Signed(Order(host)));
        await cloud.PassAsync(TimeSpan.FromMilliseconds(1_000 + (deed.How * 30)));
        if (await IsKnownAsync(identity.Host))
            violated("an agent of another cloud is refused", $"{identity.Host} on {host.Name}");
        await stranger.DisposeAsync();
        if (host.Agent == stranger) // it may have died or lost power, and the host's own be back while what was left of it ended
            host.StartAgent();
    }

    private AgentIdentity Another(ControlKeys keys)
    {
        var id = new HostId(cloud.World.Randomness.NewGuid());
        return new(
            ECDsa.Create(ECCurve.NamedCurves.nistP256),
            ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256),
            new(id, $"{cloud.World.Randomness.NewGuid():n}", keys.PublicKey, $"host-{id}")
        );
    }

    /// <summary>Genuine, for the host itself, and in the wrong queue.</summary>
    private HostMessage Order(TestHost host)
    {
        var server = new ServerId(cloud.World.Randomness.NewGuid());
        var step = JsonSerializer.Serialize(new CreateDisks(host.Id, server, 1), ContractsJson.Default.CreateDisks);
        return new(
            host.Cloud,
            1,
            host.Id,
            "none/0/1",
            $"server/{server}",
            1,
            1,
            nameof(CreateDisks),
            step,
            cloud.World.Time.GetUtcNow().AddHours(1),
            null,
            new Dictionary<SecretId, byte[]>()
        );
    }

    private Task<bool> IsKnownAsync(HostId id) =>
        cloud.Store.ReadAsync(async tx =>
            await tx.ScalarAsync<long>("SELECT COUNT(*) FROM hosts WHERE id = @id", new { id = $"{id}" }) > 0
        );
}
