using Pipeline.Contracts.Compute;

namespace Pipeline.Agent.Metadata;

/// <summary>Documents that nobody reads, for hosts without metal.</summary>
internal sealed class FakeGuestDocuments : IGuestDocuments
{
    public Task EnsureNetworkAsync(NetworkId network, string listensIn, CancellationToken ct) => Task.CompletedTask;

    public Task RemoveNetworkAsync(NetworkId network, CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<string, byte[]>> PutAsync(
        GuestOrder guest,
        byte[]? userData,
        byte[]? adminPassword,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]>());

    public Task RemoveAsync(ServerId id, CancellationToken ct) => Task.CompletedTask;
}
