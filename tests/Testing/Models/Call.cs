using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>A call, and what the model says comes of it.</summary>
/// <param name="Due">The statuses that it may be answered with: one, or several where more than one thing is wrong with it.</param>
/// <param name="Effect">What the model does when the call succeeds.</param>
internal sealed record Call(
    ModelCaller Caller,
    string Method,
    string Path,
    string Body,
    IReadOnlyList<int> Due,
    Action<CloudAnswer> Effect
)
{
    /// <summary>Null where it is JSON.</summary>
    public string? ContentType { get; init; }

    /// <summary>In place of the caller's own.</summary>
    public string? Token { get; init; }

    /// <summary>Its `Idempotency-Key`; null where it has none.</summary>
    public string? Key { get; init; }

    /// <summary>Begins something that must have ended before the next call.</summary>
    public bool Settles { get; init; }

    /// <summary>Looks at what came of it, by calls of an admin.</summary>
    public Func<Func<string, Task<CloudAnswer>>, Task>? Look { get; init; }

    /// <summary>Whether it makes something, and once only for one key.</summary>
    public bool Creates =>
        Method == "POST" && Token is null && Repeatable.Any(r => Path.EndsWith(r, StringComparison.Ordinal));

    private static readonly string[] Repeatable =
    [
        "/networks",
        "/subnets",
        "/ports",
        "/security-groups",
        "/security-group-rules",
        "/images",
        "/servers",
        "/projects",
        "/users",
        "/volumes",
        "/snapshots",
        "/backups",
    ];

    public override string ToString() => $"{Caller} {Method} {Path} {Body}";
}

/// <summary>A create that succeeded, and what it was answered.</summary>
internal sealed record Made(Call Call, CloudAnswer Answer)
{
    public string Id => IdOf(Answer);

    /// <summary>Of what an answer describes: in an envelope, but for images.</summary>
    public static string IdOf(CloudAnswer answer)
    {
        var json = answer.Json;
        return (
            json.TryGetProperty("id", out var id) ? id : json.EnumerateObject().First().Value.GetProperty("id")
        ).GetString()!;
    }
}

/// <summary>Finds out what a call must be answered with.</summary>
/// <param name="forAdmins">Most who call this are admins.</param>
internal sealed class Asking(Estate estate, Step step, bool forAdmins)
{
    private readonly List<int> refusals = [];
    private int? closed;

    public Estate Estate => estate;

    public Step Step => step;

    public ModelCaller Caller { get; } = forAdmins && step.Who % 5 > 0 ? estate.Callers[0] : CallerOf(estate, step.Who);

    /// <summary>Who has no token is told so, and who has too low a rank, before anything else is looked at.</summary>
    public void Needs(Rank rank)
    {
        if (Caller.Rank == Rank.Nobody)
            closed = 401;
        else if (Caller.Rank < rank)
            closed = 403;
    }

    public void RefusedIf(bool wrong, int status)
    {
        if (wrong)
            refusals.Add(status);
    }

    public Call Call(string method, string path, string body, int success, Action<CloudAnswer>? effect = null) =>
        new(
            Caller,
            method,
            path,
            body,
            closed is { } only ? [only]
                : refusals.Count > 0 ? [.. refusals.Distinct()]
                : [success],
            effect ?? (_ => { })
        );

    /// <summary>Most calls are those of two projects' members.</summary>
    private static ModelCaller CallerOf(Estate estate, int who) =>
        estate.Callers[
            who switch
            {
                < 35 => 1,
                < 62 => 2,
                < 70 => 3,
                < 96 => 0,
                _ => 4,
            }
        ];
}
