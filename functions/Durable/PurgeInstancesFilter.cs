namespace Pipeline.Durable;

/// <summary>Which instances to forget: those that have ended and meet all that is given.</summary>
/// <param name="CreatedFrom">Accepted then or later.</param>
/// <param name="CreatedTo">Accepted before then.</param>
/// <param name="CompletedBefore">Ended before then.</param>
/// <param name="Statuses">Those in which an instance has ended; null for all of them. Others match nothing.</param>
/// <param name="Name">The orchestration's.</param>
public sealed record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    DateTimeOffset? CompletedBefore = null,
    IReadOnlyCollection<string>? Statuses = null,
    string? Name = null
);

/// <param name="IsComplete">False when a call has done its share and more is left: ask again.</param>
public sealed record PurgeResult(int PurgedInstanceCount, bool IsComplete);
