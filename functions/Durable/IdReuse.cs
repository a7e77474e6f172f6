namespace Pipeline.Durable;

/// <summary>What a start under an id that exists already comes to; decided in the start's own transaction.</summary>
public enum IdReuse
{
    /// <summary>A conflict.</summary>
    Fail,

    /// <summary>Nothing: the one that exists is the same order, come twice.</summary>
    ReturnExisting,

    /// <summary>One that has ended goes, with its history; one that runs is a conflict.</summary>
    ReplaceIfTerminal,
}
