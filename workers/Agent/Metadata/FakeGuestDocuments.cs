using Pipeline.Contracts.Compute;

namespace Pipeline.Agent.Metadata;

/// <summary>Documents that nobody reads, for hosts without metal; a test may tell passwords in guests' names.</summary>
internal sealed class FakeGuestDocuments : IGuestDocuments
{
    private readonly SortedDictionary<ServerId, (string Password, bool Told)> _passwords = new(
        Comparer<ServerId>.Create((a, b) => a.Value.CompareTo(b.Value))
    );

    public bool IsTold(ServerId id) => _passwords[id].Told;

    public void TellPassword(ServerId id, string password) => _passwords.TryAdd(id, (password, false));

    public Task EnsureNetworkAsync(NetworkId network, string listensIn, CancellationToken ct) => Task.CompletedTask;

    public Task RemoveNetworkAsync(NetworkId network, CancellationToken ct) => Task.CompletedTask;

    public Task KeepAsync(CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<string, byte[]>> PutAsync(
        GuestOrder guest,
        byte[]? userData,
        byte[]? adminPassword,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]>());

    public Task RemoveAsync(ServerId id, CancellationToken ct)
    {
        _passwords.Remove(id);
        return Task.CompletedTask;
    }

    public IReadOnlyList<(ServerId Server, string Password)> ListUntoldPasswords() =>
        [.. _passwords.Where(entry => !entry.Value.Told).Select(entry => (entry.Key, entry.Value.Password))];

    public Task MarkPasswordToldAsync(ServerId id, CancellationToken ct)
    {
        if (_passwords.TryGetValue(id, out var known))
            _passwords[id] = (known.Password, true);
        return Task.CompletedTask;
    }
}
