using Pipeline.Contracts;

namespace Pipeline.Durable;

/// <summary>
/// An orchestration that is one saga: steps with their undos. When a step fails, the run is cancelled or its deadline
/// passes, the resource shows its fault at once, then every step that may have happened is undone, last first,
/// without deadline, until done.
/// </summary>
public abstract class SagaOrchestrator<TInput> : TaskOrchestrator<TInput, Done>
    where TInput : IOrchestration<Done>
{
    internal override bool EndsItself => true;

    public sealed override async Task<Done> RunAsync(TaskOrchestrationContext context, TInput input)
    {
        var saga = new Saga(context);
        try
        {
            await RunAsync(saga, input);
            return Done.Instance;
        }
        catch (Exception e)
        {
            var fault = saga.Blame(context.DetailsOf(e));
            await saga.UndoAsync(fault);
            throw Fault.From(fault);
        }
    }

    protected abstract Task RunAsync(Saga saga, TInput order);
}
