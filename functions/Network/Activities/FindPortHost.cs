using Pipeline.Contracts.Hosts;
using Pipeline.Durable;

namespace Pipeline.Network.Activities;

/// <summary>Looks whether the host of a deleted port is still one of the cloud's: one that was removed has nothing to let go of.</summary>
internal sealed record FindPortHost(HostId Host) : IActivity<PortHost>;

internal sealed record PortHost(bool Joined);

internal sealed class FindPortHostHandler(IHosts hosts) : ILocalActivity<FindPortHost, PortHost>
{
    public async Task<PortHost> RunAsync(FindPortHost step, CancellationToken ct) =>
        new(await hosts.FindAsync(step.Host) is not null);
}
