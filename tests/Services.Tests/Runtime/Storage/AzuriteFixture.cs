using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Pipeline.Testing;
using Pipeline.Testing.Edge;
using Xunit;

[assembly: AssemblyFixture(typeof(Pipeline.Services.Tests.Runtime.Storage.AzuriteFixture))]

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>One Azurite for all tests of this assembly, started when the first of them needs it; each test takes names of its own.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Randomness randomness = Randomness.Secure();
    private Task<AzuriteProcess>? azurite;
    private StorageTransport? transport;

    public TimeProvider Time => MachineTime.Clock;

    public StorageTransport Transport
    {
        get
        {
            lock (gate)
                return transport ??= new StorageTransport(Time, randomness.NewGuid);
        }
    }

    public async Task<StorageConnection> ConnectAsync()
    {
        lock (gate)
            azurite ??= AzuriteProcess.StartAsync(Time, TestContext.Current.CancellationToken);
        return StorageConnection.Parse((await azurite).ConnectionString);
    }

    public string NewName() => $"t{randomness.NewGuid():n}";

    public async Task<QueueClient> NewQueueAsync()
    {
        var queue = new QueueClient(await ConnectAsync(), NewName(), Transport);
        await queue.CreateIfNotExistsAsync(TestContext.Current.CancellationToken);
        return queue;
    }

    public async Task<BlobContainerClient> NewContainerAsync()
    {
        var container = new BlobContainerClient(await ConnectAsync(), NewName(), Transport);
        await container.CreateIfNotExistsAsync(TestContext.Current.CancellationToken);
        return container;
    }

    public async ValueTask DisposeAsync()
    {
        transport?.Dispose();
        if (azurite is not null)
            await (await azurite).DisposeAsync();
    }
}
