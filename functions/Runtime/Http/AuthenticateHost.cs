namespace Pipeline.Runtime;

/// <summary>Says which joined host signed a request: null when none did, its signature is not good, or it was removed.</summary>
public delegate ValueTask<HostId?> AuthenticateHost(HttpRequest request, CancellationToken ct);
