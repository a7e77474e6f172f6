namespace Pipeline.Runtime;

/// <summary>Runs a function for each message of a queue; stands on its first parameter: byte[], string or a JSON record.</summary>
/// <param name="queueName">The queue's name; `%Name%` is read from the settings.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueueTriggerAttribute(string queueName) : Attribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting that names the storage account.</summary>
    public string Connection { get; set; } = "AzureWebJobsStorage";
}
