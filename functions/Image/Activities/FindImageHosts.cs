using Pipeline.Contracts.Placement;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Image.Activities;

/// <summary>The hosts that may have fetched an image: all that could ever have run a server.</summary>
internal sealed record FindImageHosts(ImageId Image) : IActivity<ImageHosts>;

internal sealed record ImageHosts(IReadOnlyList<HostId> Hosts);

internal sealed class FindImageHostsHandler(IAllocations allocations)
    : ITransactionalActivity<FindImageHosts, ImageHosts>
{
    public async ValueTask<ImageHosts> RunAsync(Tx tx, FindImageHosts step) =>
        new([.. (await allocations.ListHostsAsync(tx)).Select(host => host.Id)]);
}
