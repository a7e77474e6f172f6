using System.Globalization;
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
/// <param name="Milestone">The newest point of the database's history that was heard of since the fact before.</param>
internal sealed record JournalEntry(
    DateTimeOffset At,
    string? Resource,
    long Epoch,
    HostAnswer? Answer,
    string? Begun = null,
    int Times = 0,
    long Line = 1,
    Milestone? Milestone = null
);

/// <summary>
/// What the host remembers: the fence of every resource, and the answer to every step, kept longer than any message
/// lives. An epoch is on disk before a driver is called; a lower one that comes later is superseded, and so is all of an
/// earlier line: the database was restored meanwhile.
/// </summary>
public sealed class Journal
{
    /// <summary>Longer than the longest deadline of a message (7 days) and its life in a queue.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(15);
    private const int CompactAfter = 20_000;

    /// <summary>Several, so that what a restored database goes on with does not hide at once what it has forgotten.</summary>
    private const int MilestonesKept = 16;

    private readonly Lock gate = new();
    private readonly Dictionary<string, JournalEntry> epochs = [];
    private readonly Dictionary<string, JournalEntry> answers = [];
    private readonly Dictionary<string, JournalEntry> begun = [];
    private readonly Dictionary<string, int> tries = [];
    private readonly List<Milestone> milestones = [];
    private readonly IJournalFile file;
    private readonly TimeProvider time;
    private Milestone? unwritten;
    private long highestLine;
    private int lines;

    public Journal(IJournalFile file, TimeProvider time)
    {
        (this.file, this.time) = (file, time);
        foreach (var line in file.ReadAll())
            if (TryRead(line) is { } entry)
                Keep(entry);
        Compact();
    }

    /// <summary>The newest points of the database's history that this host has heard of, oldest first.</summary>
    public IReadOnlyList<Milestone> Milestones
    {
        get
        {
            lock (gate)
                return [.. milestones];
        }
    }

    /// <summary>Raises the resource's fence, durably.</summary>
    /// <returns>False when it stands higher already, or in a later line: the step is superseded.</returns>
    public bool TryEnter(long line, string resource, long epoch)
    {
        lock (gate)
        {
            var fence = $"{line}/{resource}";
            var highest = epochs.TryGetValue(fence, out var known) ? known.Epoch : long.MinValue;
            if (line < highestLine || epoch < highest)
                return false;
            if (epoch > highest)
                Write(new(time.GetUtcNow(), fence, epoch, null, Line: line));
            return true;
        }
    }

    /// <summary>The answer this very try of a step was given before, in the same line.</summary>
    public HostAnswer? Find(long line, string activityId, int attempt)
    {
        lock (gate)
            return answers.GetValueOrDefault(Key(line, activityId, attempt))?.Answer;
    }

    /// <summary>True when a later try of the step was begun: what this one has to do was done, or was given up.</summary>
    public bool IsOvertaken(long line, string activityId, int attempt)
    {
        lock (gate)
            return tries.GetValueOrDefault(Key(line, activityId)) > attempt;
    }

    /// <summary>Counts this run of a step, so that one which ends the agent each time is known for it.</summary>
    /// <returns>How often it was begun before and no end of it is known.</returns>
    public int Begin(long line, string activityId, int attempt)
    {
        lock (gate)
        {
            var step = Key(line, activityId, attempt);
            var before = begun.TryGetValue(step, out var known) ? known.Times : 0;
            NoteTimes(line, step, before + 1);
            return before;
        }
    }

    /// <summary>This try was begun here or by an agent before, and no answer to it is on disk.</summary>
    public bool IsBegun(long line, string activityId, int attempt)
    {
        lock (gate)
            return begun.ContainsKey(Key(line, activityId, attempt));
    }

    /// <summary>The run ended because the agent was told to stop: that does not count.</summary>
    public void Interrupt(long line, string activityId, int attempt)
    {
        lock (gate)
            if (begun.TryGetValue(Key(line, activityId, attempt), out var known))
                NoteTimes(line, known.Begun!, known.Times - 1);
    }

    /// <summary>A message told how far the history has come; it is on disk with the next fact that is written.</summary>
    public void Heard(Milestone milestone)
    {
        lock (gate)
            if (Add(milestone))
                unwritten = milestone;
    }

    public void Remember(long line, HostAnswer answer)
    {
        lock (gate)
        {
            Write(new(time.GetUtcNow(), null, 0, answer, Line: line));
            if (lines > CompactAfter && lines > 2 * All.Count())
                Compact();
        }
    }

    private IEnumerable<JournalEntry> All => epochs.Values.Concat(answers.Values).Concat(begun.Values);

    private void Write(JournalEntry entry)
    {
        file.Append(JsonSerializer.Serialize(entry with { Milestone = unwritten }, AgentJson.Default.JournalEntry));
        unwritten = null;
        Keep(entry);
    }

    private void NoteTimes(long line, string step, int times)
    {
        var entry = new JournalEntry(time.GetUtcNow(), null, 0, null, step, times, line);
        file.Note(JsonSerializer.Serialize(entry, AgentJson.Default.JournalEntry));
        Keep(entry);
    }

    private void Keep(JournalEntry entry)
    {
        lines++;
        highestLine = Math.Max(highestLine, entry.Line);
        if (entry.Milestone is { } milestone)
            Add(milestone);
        if (entry.Answer is { } answer)
        {
            var step = Key(entry.Line, answer.ActivityId, answer.Attempt);
            answers[step] = entry with { Milestone = null };
            begun.Remove(step);
            KeepTry(step);
        }
        else if (entry.Begun is { } step)
        {
            begun[step] = entry;
            KeepTry(step);
        }
        else if (entry.Resource is not null)
            epochs[entry.Resource] = entry with { Milestone = null };
    }

    private void KeepTry(string step)
    {
        var at = step.LastIndexOf('#');
        var attempt = int.Parse(step.AsSpan(at + 1), CultureInfo.InvariantCulture);
        var activity = step[..at];
        tries[activity] = Math.Max(attempt, tries.GetValueOrDefault(activity));
    }

    /// <summary>Another stamp under a known number is another history: it is kept beside the first.</summary>
    private bool Add(Milestone milestone)
    {
        if (milestones.Contains(milestone))
            return false;
        milestones.Add(milestone);
        if (milestones.Count > MilestonesKept)
            milestones.RemoveAt(0);
        return true;
    }

    private void Compact()
    {
        var oldest = time.GetUtcNow() - Kept;
        Forget(epochs, oldest);
        Forget(answers, oldest);
        Forget(begun, oldest);
        tries.Clear();
        foreach (var step in answers.Keys.Concat(begun.Keys))
            KeepTry(step);
        var heard = milestones.Select(m => new JournalEntry(
            time.GetUtcNow(),
            null,
            0,
            null,
            Line: highestLine,
            Milestone: m
        ));
        List<JournalEntry> all = [.. heard, .. All];
        file.Replace(all.Select(e => JsonSerializer.Serialize(e, AgentJson.Default.JournalEntry)));
        (lines, unwritten) = (all.Count, null);
    }

    private static void Forget(Dictionary<string, JournalEntry> entries, DateTimeOffset oldest)
    {
        foreach (var old in entries.Where(e => e.Value.At < oldest).Select(e => e.Key).ToList())
            entries.Remove(old);
    }

    private static string Key(long line, string activityId) => $"{line}/{activityId}";

    private static string Key(long line, string activityId, int attempt) => $"{line}/{activityId}#{attempt}";

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
