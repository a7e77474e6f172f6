using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pipeline.Durable.Tests.Worlds;

/// <summary>What the engine and the orchestrators logged.</summary>
internal sealed class Lines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> all = new();

    public IEnumerable<string> Errors => all.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text);

    public IEnumerable<string> Warnings => all.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text);

    public IEnumerable<string> Information => all.Where(l => l.Level == LogLevel.Information).Select(l => l.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => all.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

    public override string ToString() => string.Join('\n', Errors);

    public void Dispose() { }
}
