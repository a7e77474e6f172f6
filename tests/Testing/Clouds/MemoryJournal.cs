using Pipeline.Agent;
using Pipeline.Agent.Steps;

namespace Pipeline.Testing.Clouds;

/// <summary>A journal's lines, which outlive the agent that wrote them.</summary>
public sealed class MemoryJournal
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    /// <summary>The journal in the hands of one agent: a dead one writes nothing any more.</summary>
    /// <param name="appending">Called before each line: throws where it cannot be written.</param>
    /// <param name="appended">Called with each line that is on disk.</param>
    internal IJournalFile Open(Func<bool> dead, Action appending, Action<string> appended) =>
        new Held(lines, dead, appending, appended);

    private sealed class Held(List<string> lines, Func<bool> dead, Action appending, Action<string> appended)
        : IJournalFile
    {
        public IReadOnlyList<string> ReadAll() => [.. lines];

        public void Append(string line)
        {
            if (dead())
                throw new AgentDiedException();
            appending();
            lines.Add(line);
            appended(line);
        }

        public void Note(string line) => Append(line);

        public void Replace(IEnumerable<string> all)
        {
            List<string> fresh = [.. all];
            lines.Clear();
            lines.AddRange(fresh);
        }
    }
}
