using System.Text.Json;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>Where the journal's lines lie. What was appended is on disk when the call returns.</summary>
public interface IJournalFile
{
    IReadOnlyList<string> ReadAll();

    void Append(string line);

    /// <summary>Appends what may be lost with the machine, but not with the process.</summary>
    void Note(string line);

    /// <summary>Replaces the whole file, at once or not at all.</summary>
    void Replace(IEnumerable<string> lines);
}

/// <summary>One fact: the highest epoch seen of a resource, the answer given to a step, or that a step was begun.</summary>
/// <param name="Begun">The step and its try; <paramref name="Times"/> says how often it was begun and not ended.</param>
internal sealed record JournalEntry(
    DateTimeOffset At,
    string? Resource,
    long Epoch,
    HostAnswer? Answer,
    string? Begun = null,
    int Times = 0
);

/// <summary>
/// What the host remembers: the fence of every resource, and the answer to every step, kept longer than any message
/// lives. An epoch is on disk before a driver is called; a lower one that comes later is superseded.
/// </summary>
public sealed class Journal
{
    /// <summary>Longer than the longest deadline of a message (7 days) and its life in a queue.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(15);
    private const int CompactAfter = 20_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, JournalEntry> epochs = [];
    private readonly Dictionary<string, JournalEntry> answers = [];
    private readonly Dictionary<string, JournalEntry> begun = [];
    private readonly IJournalFile file;
    private readonly TimeProvider time;
    private int lines;

    public Journal(IJournalFile file, TimeProvider time)
    {
        (this.file, this.time) = (file, time);
        foreach (var line in file.ReadAll())
            if (TryRead(line) is { } entry)
                Keep(entry);
        Compact();
    }

    /// <summary>Raises the resource's fence, durably.</summary>
    /// <returns>False when it stands higher already: the step is superseded.</returns>
    public bool TryEnter(string resource, long epoch)
    {
        lock (gate)
        {
            var highest = epochs.TryGetValue(resource, out var known) ? known.Epoch : long.MinValue;
            if (epoch < highest)
                return false;
            if (epoch > highest)
                Write(new(time.GetUtcNow(), resource, epoch, null));
            return true;
        }
    }

    /// <summary>The answer this very try of a step was given before.</summary>
    public HostAnswer? Find(string activityId, int attempt)
    {
        lock (gate)
            return answers.GetValueOrDefault(Key(activityId, attempt))?.Answer;
    }

    /// <summary>Counts this run of a step, so that one which ends the agent each time is known for it.</summary>
    /// <returns>How often it was begun before and no end of it is known.</returns>
    public int Begin(string activityId, int attempt)
    {
        lock (gate)
        {
            var before = begun.TryGetValue(Key(activityId, attempt), out var known) ? known.Times : 0;
            NoteTimes(activityId, attempt, before + 1);
            return before;
        }
    }

    /// <summary>The run ended because the agent was told to stop: that does not count.</summary>
    public void Interrupt(string activityId, int attempt)
    {
        lock (gate)
            if (begun.TryGetValue(Key(activityId, attempt), out var known))
                NoteTimes(activityId, attempt, known.Times - 1);
    }

    public void Remember(HostAnswer answer)
    {
        lock (gate)
        {
            Write(new(time.GetUtcNow(), null, 0, answer));
            if (lines > CompactAfter && lines > 2 * All.Count())
                Compact();
        }
    }

    private IEnumerable<JournalEntry> All => epochs.Values.Concat(answers.Values).Concat(begun.Values);

    private void Write(JournalEntry entry)
    {
        file.Append(JsonSerializer.Serialize(entry, AgentJson.Default.JournalEntry));
        Keep(entry);
    }

    private void NoteTimes(string activityId, int attempt, int times)
    {
        var entry = new JournalEntry(time.GetUtcNow(), null, 0, null, Key(activityId, attempt), times);
        file.Note(JsonSerializer.Serialize(entry, AgentJson.Default.JournalEntry));
        Keep(entry);
    }

    private void Keep(JournalEntry entry)
    {
        lines++;
        if (entry.Answer is { } answer)
        {
            answers[Key(answer.ActivityId, answer.Attempt)] = entry;
            begun.Remove(Key(answer.ActivityId, answer.Attempt));
        }
        else if (entry.Begun is { } step)
            begun[step] = entry;
        else if (entry.Resource is not null)
            epochs[entry.Resource] = entry;
    }

    private void Compact()
    {
        var oldest = time.GetUtcNow() - Kept;
        Forget(epochs, oldest);
        Forget(answers, oldest);
        Forget(begun, oldest);
        file.Replace(All.Select(e => JsonSerializer.Serialize(e, AgentJson.Default.JournalEntry)));
        lines = All.Count();
    }

    private static void Forget(Dictionary<string, JournalEntry> entries, DateTimeOffset oldest)
    {
        foreach (var old in entries.Where(e => e.Value.At < oldest).Select(e => e.Key).ToList())
            entries.Remove(old);
    }

    private static string Key(string activityId, int attempt) => $"{activityId}#{attempt}";

    /// <summary>The last line may be torn: the process died while it wrote, so nothing was done on its strength.</summary>
    private static JournalEntry? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AgentJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
