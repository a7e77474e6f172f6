using Pipeline.Data;

namespace Pipeline.Contracts.Hosts;

/// <summary>Query interface of the placement service: the hosts that have joined, and their keys.</summary>
public interface IHosts
{
    /// <summary>The host's identity, from memory where it is known; null for one that never joined or was removed.</summary>
    ValueTask<HostIdentity?> FindAsync(HostId id);

    /// <summary>The hosts that are up and enabled, in the caller's snapshot.</summary>
    ValueTask<IReadOnlyList<HostId>> ListUpAsync(Tx tx);

    /// <summary>All hosts and when they were last heard, in the caller's snapshot.</summary>
    ValueTask<IReadOnlyList<HostStanding>> ListAsync(Tx tx);
}

/// <param name="LastSeen">Up to half a minute old while the host lives.</param>
public sealed record HostStanding(HostId Id, bool IsUp, DateTimeOffset LastSeen);

/// <param name="SigningKey">ECDSA P-256 public key, SubjectPublicKeyInfo.</param>
/// <param name="SealingKey">ECDH P-256 public key, SubjectPublicKeyInfo.</param>
public sealed record HostIdentity(HostId Id, string Name, byte[] SigningKey, byte[] SealingKey);
