using Pipeline.Audit.Events;

namespace Pipeline.Audit.Chains;

/// <summary>Goes along a chain, record by record, until the first one that is not what was sealed. Pure.</summary>
/// <param name="known">A record's number and hash that were kept elsewhere; null for none.</param>
internal sealed class Verification((long Number, string Hash)? known)
{
    /// <summary>How many records are as they were sealed.</summary>
    public long Sound { get; private set; }

    public string Hash { get; private set; } = "";

    public Broken? Broken { get; private set; }

    /// <returns>False: the chain is broken here.</returns>
    public bool Goes(AuditEvent record)
    {
        Broken = Wrong(record) is { } reason ? new(Sound + 1, record.Seq, reason) : null;
        if (Broken is not null)
            return false;
        (Sound, Hash) = (Sound + 1, record.Hash!);
        return true;
    }

    /// <summary>The records have ended, and should have done so here.</summary>
    public void End(ChainHead head)
    {
        if (Broken is not null)
            return;
        if (Sound < head.Number)
            Broken = new(Sound + 1, null, "the record is missing");
        else if (Hash != head.Hash)
            Broken = new(Sound, null, "the chain's last hash is another one");
        else if (known is { } point && point.Number > Sound)
            Broken = new(Sound + 1, null, "the record is missing, and was known before");
    }

    private string? Wrong(AuditEvent record) =>
        record.Number != Sound + 1 ? "the record is missing"
        : record.Previous != Hash ? "its link is not the hash of the record before it"
        : record.Hash != Chain.HashOf(record) ? "its content is not what was sealed"
        : known is { } point && point.Number == record.Number && point.Hash != record.Hash
            ? "it was known by another hash"
        : null;
}

/// <param name="Number">Of the first record in the chain that is not as it was sealed.</param>
/// <param name="Event">Its id; null when it is not there.</param>
internal sealed record Broken(long Number, long? Event, string Reason);
