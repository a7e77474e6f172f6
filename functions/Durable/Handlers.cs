using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable;

/// <summary>
/// A step done in the very transaction that records its completion: exactly once. It may be re-run before it commits,
/// so it awaits nothing but <paramref name="tx"/>.
/// </summary>
public interface ITransactionalActivity<TStep, TResult>
    where TStep : IActivity<TResult>
{
    ValueTask<TResult> RunAsync(Tx tx, TStep step);
}

/// <summary>A transactional step that looks (ranks, decodes, hashes) before its transaction.</summary>
public interface IPreparedActivity<TStep, TPrepared, TResult>
    where TStep : IActivity<TResult>
{
    /// <summary>Reads what it likes, writes nothing; the transaction compares again.</summary>
    ValueTask<TPrepared> PrepareAsync(TStep step);

    ValueTask<TResult> RunAsync(Tx tx, TStep step, TPrepared prepared);
}

/// <summary>A step outside the database, done by the functions host: at least once, so it must be idempotent.</summary>
public interface ILocalActivity<TStep, TResult>
    where TStep : IActivity<TResult>
{
    Task<TResult> RunAsync(TStep step, CancellationToken ct);
}
