using Microsoft.Extensions.DependencyInjection;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>A handler behind its step's stored name: JSON in, JSON out.</summary>
internal abstract class ActivityHandler(string name, string kind)
{
    public string Name => name;

    public string Kind => kind;

    /// <summary>Decodes the step and does all that must not happen inside a transaction.</summary>
    public abstract ValueTask<object> PrepareAsync(string input);

    /// <summary>The decoded step, where it needs nothing but a transaction and so can be done in that of its turn; else null.</summary>
    public virtual object? ForItsTurn(string input) => null;

    public virtual ValueTask<string> RunAsync(Tx tx, object prepared) =>
        throw new InvalidOperationException($"{name} is not transactional");

    public virtual Task<string> RunLocalAsync(object prepared, CancellationToken ct) =>
        throw new InvalidOperationException($"{name} is not local");

    /// <summary>A handler for one of the three interfaces; null when the interface is another one.</summary>
    public static ActivityHandler? TryCreate(Type type, Type face, DurableJson json, IServiceProvider services)
    {
        if (!face.IsGenericType)
            return null;
        var shape = face.GetGenericTypeDefinition();
        Type? wrapper =
            shape == typeof(ITransactionalActivity<,>) ? typeof(Transactional<,>)
            : shape == typeof(IPreparedActivity<,,>) ? typeof(Prepared<,,>)
            : shape == typeof(ILocalActivity<,>) ? typeof(Local<,>)
            : null;
        if (wrapper is null)
            return null;
        var handler = ActivatorUtilities.CreateInstance(services, type);
        return (ActivityHandler)
            Activator.CreateInstance(wrapper.MakeGenericType(face.GenericTypeArguments), handler, json)!;
    }

    private sealed class Transactional<TStep, TResult>(ITransactionalActivity<TStep, TResult> handler, DurableJson json)
        : ActivityHandler(typeof(TStep).Name, TaskRow.Transactional)
        where TStep : IActivity<TResult>
    {
        public override ValueTask<object> PrepareAsync(string input) => new(json.Read<TStep>(input)!);

        public override object ForItsTurn(string input) => json.Read<TStep>(input)!;

        public override async ValueTask<string> RunAsync(Tx tx, object prepared) =>
            json.Write(await handler.RunAsync(tx, (TStep)prepared));
    }

    private sealed class Prepared<TStep, TPrepared, TResult>(
        IPreparedActivity<TStep, TPrepared, TResult> handler,
        DurableJson json
    ) : ActivityHandler(typeof(TStep).Name, TaskRow.Transactional)
        where TStep : IActivity<TResult>
    {
        public override async ValueTask<object> PrepareAsync(string input)
        {
            var step = json.Read<TStep>(input);
            return (step, await handler.PrepareAsync(step));
        }

        public override async ValueTask<string> RunAsync(Tx tx, object prepared)
        {
            var (step, facts) = ((TStep, TPrepared))prepared;
            return json.Write(await handler.RunAsync(tx, step, facts));
        }
    }

    private sealed class Local<TStep, TResult>(ILocalActivity<TStep, TResult> handler, DurableJson json)
        : ActivityHandler(typeof(TStep).Name, TaskRow.Local)
        where TStep : IActivity<TResult>
    {
        public override ValueTask<object> PrepareAsync(string input) => new(json.Read<TStep>(input)!);

        public override async Task<string> RunLocalAsync(object prepared, CancellationToken ct) =>
            json.Write(await handler.RunAsync((TStep)prepared, ct));
    }
}
