namespace Pipeline.Identity.Bootstrap;

/// <summary>The passwords of the first two users, known to their keeper alone.</summary>
public sealed record FirstPasswords(string Admin, string Demo)
{
    public override string ToString() => nameof(FirstPasswords); // a record would print them
}
