using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Events;

namespace Pipeline.Audit.Chains;

/// <summary>
/// A chain of records: those of a project, else of a domain, else of the system. Each record's hash covers its own content, its place
/// and the hash of the one before it, in a form that anybody can write (docs/audit.md).
/// </summary>
internal static class Chain
{
    public const string System = "system";

    /// <summary>Stands first in what is hashed: another form would have another name.</summary>
    private const string Form = "pipeline-audit-1";

    public static string Of(AuditEvent record) =>
        record.ProjectId is { } project ? $"project/{project}"
        : record.DomainId is { } domain ? $"domain/{domain}"
        : System;

    /// <summary>Puts records behind the heads of their chains, in the order in which they come.</summary>
    /// <param name="heads">Of the chains that have records; they are moved on.</param>
    public static IReadOnlyList<AuditEvent> Seal(IEnumerable<AuditEvent> records, Dictionary<string, ChainHead> heads)
    {
        var made = new List<AuditEvent>();
        foreach (var record in records)
        {
            var chain = Of(record);
            var head = heads.GetValueOrDefault(chain);
            var placed = record with { Chain = chain, Number = (head?.Number ?? 0) + 1, Previous = head?.Hash ?? "" };
            made.Add(placed with { Hash = HashOf(placed) });
            heads[chain] = ChainHead.At(made[^1]);
        }
        return made;
    }

    /// <summary>SHA-256, in hex, of the record's canonical form.</summary>
    public static string HashOf(AuditEvent record) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(record))));

    private static string Canonical(AuditEvent record)
    {
        var text = new StringBuilder();
        Append(text, Form);
        Append(text, record.Chain);
        Append(text, Number(record.Number));
        Append(text, record.Previous);
        Append(text, Number(record.Seq));
        Append(text, Number(Data.Time.ToMicroseconds(record.At)));
        Append(text, record.UserId?.Value);
        Append(text, record.ProjectId?.Value);
        Append(text, record.DomainId?.Value);
        Append(text, record.RequestId);
        Append(text, record.Rule);
        Append(text, record.Target);
        Append(text, record.Result);
        return text.ToString();
    }

    // A netstring, so that no value can look like two: its length in bytes of UTF-8, a colon, itself, a comma. Null is a dash.
    private static void Append(StringBuilder text, string? value)
    {
        if (value is null)
            text.Append('-');
        else
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(value)}:{value}");
        text.Append(',');
    }

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The last record of a chain.</summary>
internal sealed record ChainHead
{
    public string Chain { get; init; } = "";
    public ProjectId? ProjectId { get; init; }
    public DomainId? DomainId { get; init; }
    public long Number { get; init; }
    public string Hash { get; init; } = "";

    public static ChainHead At(AuditEvent record) =>
        new()
        {
            Chain = record.Chain!,
            ProjectId = record.ProjectId,
            DomainId = record.DomainId,
            Number = record.Number!.Value,
            Hash = record.Hash!,
        };
}
