namespace Pipeline.Data;

/// <summary>What a store does for the seam; its own statements and errors stay behind it.</summary>
internal interface IStore : IDisposable
{
    /// <summary>True where several functions hosts share the store.</summary>
    bool IsShared { get; }

    /// <summary>A hint to every process that uses the store, this one included; may be lost.</summary>
    void Notify(string hint);

    /// <summary>Somebody's hint; "" after a silence in which some may have been lost.</summary>
    event Action<string> Notified;

    Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> decide);

    Task<T> ReadAsync<T>(Func<Tx, ValueTask<T>> query);
}
