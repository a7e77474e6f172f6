using Microsoft.Extensions.Logging;
using Pipeline.Contracts;

namespace Pipeline.Durable.Hub;

/// <summary>What a step that threw failed with. A bug's own message is for the log alone.</summary>
internal sealed class StepFaults(ILogger<StepFaults> logger)
{
    public FaultDetails Describe(TaskRow task, Exception cause)
    {
        if (cause is Fault fault)
            return fault.Details;
        logger.LogError(cause, "step {Step} of {Instance} broke", task.Name, task.InstanceId);
        return new(FaultCode.Internal, $"{task.Name} failed in the control plane");
    }
}
