using Microsoft.Extensions.Logging;
using Pipeline.Testing.Simulation;

namespace Pipeline.Testing.Clouds;

/// <summary>What the cloud's processes log, from warnings up, goes into the world's log.</summary>
internal sealed class WorldLogger(EventLog log, string process) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
            log.Add($"{process}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
    }

    public void Dispose() { }
}

/// <summary>Typed loggers for the container, over the one factory.</summary>
internal sealed class WorldLogger<T>(ILoggerFactory factory) : ILogger<T>
{
    private readonly ILogger inner = factory.CreateLogger(typeof(T).Name);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => inner.Log(logLevel, eventId, state, exception, formatter);
}
