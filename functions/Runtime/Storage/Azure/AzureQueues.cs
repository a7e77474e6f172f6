namespace Pipeline.Runtime.Storage;

/// <summary>Queues in a storage account (Azurite locally).</summary>
public sealed class AzureQueues(StorageConnection connection, StorageTransport transport) : IQueues
{
    public IQueue Open(string name) => new AzureQueue(new QueueClient(connection, name, transport));

    /// <summary>The one queue whose URL, with its SAS, an agent was given.</summary>
    public static IQueue Open(Uri sas, StorageTransport transport) => new AzureQueue(new QueueClient(sas, transport));
}
