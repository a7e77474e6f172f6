using System.Globalization;
using Pipeline.Contracts;
using Pipeline.Data;

namespace Pipeline.Durable.Management;

/// <summary>What a follower is told of an orchestration.</summary>
/// <param name="Id">Where to go on after this event.</param>
public abstract record InstanceEvent(ResumeId Id)
{
    public sealed record Begun(ResumeId Id, string Name, string? Resource, string? RequestId, DateTimeOffset At)
        : InstanceEvent(Id);

    /// <summary>A step was scheduled, waits for its next try, or has ended.</summary>
    /// <param name="Number">Of the step, from 1.</param>
    /// <param name="NextTry">Set while it waits for it.</param>
    /// <param name="IsOver">True when the orchestration has ended without the step.</param>
    public sealed record Step(ResumeId Id, int Number, StepState State, DateTimeOffset? NextTry, bool IsOver)
        : InstanceEvent(Id)
    {
        /// <summary>Of the newest step alone, when it has just begun.</summary>
        public InstanceProgress? Progress { get; init; }
    }

    /// <summary>The status words it shows now; may be told again after a resume.</summary>
    public sealed record Status(ResumeId Id, OrchestrationState State) : InstanceEvent(Id);

    public sealed record Ended(ResumeId Id, OrchestrationState State) : InstanceEvent(Id);
}

/// <summary>
/// How far a follower has come: a place in a history, of an instance that is known by its id and by when it was accepted,
/// since an id may be used again.
/// </summary>
/// <param name="Seq">Of the first event of the history that was not told.</param>
public sealed record ResumeId(int Generation, int Seq, ListPosition Instance)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Generation}.{Seq}.{Time.ToMicroseconds(Instance.CreatedAt)}.{Instance.Id}"
        );

    /// <returns>Null for what no stream has given out.</returns>
    public static ResumeId? Parse(string text) =>
        text.Split('.', 4) is [var generation, var seq, var created, var id]
        && TryNumber(generation, out var g)
        && TryNumber(seq, out var s)
        && TryNumber(created, out var at)
        && g <= int.MaxValue
        && s <= int.MaxValue
            ? new((int)g, (int)s, new(Time.FromMicroseconds(at), id))
            : null;

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1L << 53; // of a time: years beyond 2200; more would be no date at all
}
