namespace Pipeline.Durable;

/// <summary>Stands where a step has no undo, with the reason.</summary>
public sealed class Undo
{
    private Undo(string reason) => Reason = reason;

    public string Reason { get; }

    public static Undo NotNeeded(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(reason);
    }
}
