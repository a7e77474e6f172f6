using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pipeline.Agent.Edge;

/// <summary>Logs as JSON lines on standard output, with the trace they belong to.</summary>
internal sealed class JsonConsole(TimeProvider time) : ILoggerProvider
{
    private readonly Lock gate = new();

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose() { }

    private void Write(LogLevel level, string category, string text, Exception? exception)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", level.ToString());
            json.WriteString("category", category);
            json.WriteString("message", text);
            if (exception is not null)
                json.WriteString("exception", exception.ToString());
            if (Activity.Current is { } span)
            {
                json.WriteString("trace_id", span.TraceId.ToString());
                json.WriteString("span_id", span.SpanId.ToString());
            }
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        lock (gate)
        {
            using var output = Console.OpenStandardOutput();
            output.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
    }

    private sealed class Line(JsonConsole console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                console.Write(logLevel, category, formatter(state, exception), exception);
        }
    }
}
