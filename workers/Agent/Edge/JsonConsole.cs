using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pipeline.Agent.Edge;

/// <summary>Logs as JSON lines, in the functions host's words, with the trace they belong to.</summary>
internal sealed class JsonConsole(Stream output, TimeProvider time) : ILoggerProvider
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
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            json.WriteString("level", level.ToString());
            json.WriteString("category", category);
            json.WriteString("message", text);
            if (exception is not null)
                json.WriteString("exception", exception.ToString());
            if (Activity.Current is { } span)
            {
                json.WriteString("traceId", span.TraceId.ToString());
                json.WriteString("spanId", span.SpanId.ToString());
            }
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        try
        {
            lock (gate)
                output.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        }
        catch (IOException)
        {
            // Nobody reads the logs any more, or their disk is full: the work goes on.
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
