using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Agent.Steps;

/// <summary>The steps this agent can carry out, by their stored name.</summary>
internal sealed class StepSet
{
    private readonly Dictionary<string, Func<string, StepContext, CancellationToken, Task<string>>> steps = [];

    private readonly HashSet<string> queries = [];

    /// <summary>True for a step that only looks.</summary>
    public bool IsQuery(string name) => queries.Contains(name);

    public StepSet AddQuery<TStep, TResult>(IStepHandler<TStep, TResult> handler)
        where TStep : IHostActivity<TResult>
    {
        queries.Add(typeof(TStep).Name);
        return Add(handler);
    }

    public StepSet Add<TStep, TResult>(IStepHandler<TStep, TResult> handler)
        where TStep : IHostActivity<TResult>
    {
        var input = Info<TStep>();
        var output = Info<TResult>();
        steps.Add(
            typeof(TStep).Name,
            async (json, context, ct) =>
            {
                var step =
                    JsonSerializer.Deserialize(json, input)
                    ?? throw Fault.BadRequest($"{typeof(TStep).Name} has no input");
                return JsonSerializer.Serialize(await handler.RunAsync(step, context, ct), output);
            }
        );
        return this;
    }

    /// <exception cref="Fault">Unavailable for a step this agent's version does not know.</exception>
    public Task<string> RunAsync(string name, string input, StepContext context, CancellationToken ct) =>
        steps.TryGetValue(name, out var run)
            ? run(input, context, ct)
            : throw new Fault(FaultCode.Unavailable, $"this host's agent does not know the step '{name}'");

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)ContractsJson.Default.GetTypeInfo(typeof(T))!;
}
