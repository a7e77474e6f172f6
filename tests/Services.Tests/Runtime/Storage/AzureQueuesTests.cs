using Pipeline.Runtime.Storage;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class AzureQueuesTests(AzuriteFixture azurite) : QueueContract
{
    protected override async Task<IQueues> QueuesAsync() =>
        new AzureQueues(await azurite.ConnectAsync(), azurite.Transport);

    protected override string NewName() => azurite.NewName();

    protected override Task PassAsync(TimeSpan time) => Task.Delay(time, azurite.Time, Ct);
}
