using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pipeline.Runtime.Logging;

/// <summary>Logs as JSON, an object a line, with the ids of the trace that a line belongs to.</summary>
public sealed class JsonLines : ILoggerProvider
{
    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> line = new(1024);
    private readonly Utf8JsonWriter json;
    private readonly Stream output;
    private readonly TimeProvider time;

    public JsonLines(Stream output, TimeProvider time)
    {
        this.output = output;
        this.time = time;
        json = new(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose() => json.Dispose();

    private void Write(LogLevel level, string category, string message, object? state, Exception? exception)
    {
        lock (gate)
        {
            line.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            json.WriteString("level", level.ToString());
            json.WriteString("category", category);
            json.WriteString("message", message);
            WriteTrace();
            WriteState(state);
            if (exception is not null)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
            json.Flush();
            line.Write("\n"u8);
            Flush();
        }
    }

    private void WriteTrace()
    {
        if (Activity.Current is not { } span)
            return;
        json.WriteString("traceId", span.TraceId.ToHexString());
        json.WriteString("spanId", span.SpanId.ToHexString());
    }

    private void WriteState(object? state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            return;
        foreach (var (name, value) in values)
            if (name != "{OriginalFormat}")
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    private void Flush()
    {
        try
        {
            output.Write(line.WrittenSpan);
            output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads the logs any more, or their disk is full: the work goes on.
        }
    }

    private sealed class Category(JsonLines lines, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                lines.Write(logLevel, name, formatter(state, exception), state, exception);
        }
    }
}
