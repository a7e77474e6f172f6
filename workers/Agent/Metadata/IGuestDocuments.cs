using Pipeline.Contracts.Compute;

namespace Pipeline.Agent.Metadata;

/// <summary>What guests read about themselves: the metadata service's documents, and the same files for a config drive.</summary>
internal interface IGuestDocuments
{
    /// <summary>Makes the metadata service listen in a network's namespace, starting it when it does not run.</summary>
    Task EnsureNetworkAsync(NetworkId network, string listensIn, CancellationToken ct);

    Task RemoveNetworkAsync(NetworkId network, CancellationToken ct);

    /// <summary>Starts the metadata service where it should listen and does not run.</summary>
    Task KeepAsync(CancellationToken ct);

    /// <summary>Writes a guest's documents, under each of its addresses.</summary>
    /// <returns>The config drive's files by path.</returns>
    Task<IReadOnlyDictionary<string, byte[]>> PutAsync(
        GuestOrder guest,
        byte[]? userData,
        byte[]? adminPassword,
        CancellationToken ct
    );

    Task RemoveAsync(ServerId id, CancellationToken ct);

    /// <summary>What guests have told of their passwords and the control plane has not confirmed.</summary>
    IReadOnlyList<(ServerId Server, string Password)> ListUntoldPasswords();

    /// <summary>The control plane has it.</summary>
    Task MarkPasswordToldAsync(ServerId id, CancellationToken ct);
}
