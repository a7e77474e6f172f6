namespace Pipeline.Data;

/// <summary>What a store does for the seam; its own statements and errors stay behind it.</summary>
internal interface IStore : IDisposable
{
    /// <summary>True where several functions hosts share the store.</summary>
    bool IsShared { get; }

    Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide);

    Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query);
}
