using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>What a caller may do, each more than the one before.</summary>
internal enum Rank
{
    Nobody,
    Reader,
    Member,
    Admin,
}

/// <summary>Somebody who calls the API, in one project.</summary>
/// <param name="User">Null for who has no token.</param>
/// <param name="Project">Its id; empty for who has no token.</param>
internal sealed record ModelCaller(string Name, Rank Rank, CloudUser? User, string Project)
{
    public bool IsAdmin => Rank == Rank.Admin;

    /// <summary>Its user's id.</summary>
    public string Id { get; init; } = "";

    public override string ToString() => Name;
}
