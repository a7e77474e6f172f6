using System.Globalization;

namespace Pipeline.Testing.Simulation;

/// <summary>What happened in a world, a line each, stamped with the world's time: two runs of one seed are equal byte by byte.</summary>
public sealed class EventLog(TimeProvider time)
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public string Text => string.Join('\n', lines);

    public void Add(string line) =>
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.ffffff} {line}"));

    /// <summary>The last lines, to explain a failure.</summary>
    public string Tail(int count) => string.Join('\n', lines.TakeLast(count));
}
