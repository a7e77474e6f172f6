namespace Pipeline.Contracts.Drivers;

/// <summary>Capability of a hypervisor driver: it notices by itself when a guest has powered off or died.</summary>
public interface IGuestWatch
{
    /// <summary>Guests that have ended without having been asked to by this driver, as they end, until cancelled.</summary>
    /// <remarks>A hint: one may be missed while no agent runs. What a sweep lists is the truth.</remarks>
    IAsyncEnumerable<ServerId> EndedAsync(CancellationToken ct);
}
