using System.Globalization;

namespace Pipeline.Network.Wire;

/// <summary>`If-Match: revision_number=N`: a change is made of what its sender has seen, or not at all.</summary>
internal static class Revisions
{
    private const string Tag = "revision_number=";

    /// <param name="current">The resource's number in the transaction that changes it.</param>
    /// <exception cref="Fault">PreconditionFailed when another number was asked for; BadRequest for one that is none.</exception>
    public static void CheckRevision(this HttpRequest request, long current)
    {
        var tags = request
            .Headers.IfMatch.SelectMany(line => (line ?? "").Split(','))
            .Select(tag => tag.Trim().Trim('"'))
            .Where(tag => tag.StartsWith(Tag, StringComparison.Ordinal))
            .ToList();
        if (tags.Count == 0)
            return;
        if (tags.Count > 1)
            throw Bad("Multiple revision_number etags are not supported.");
        if (!long.TryParse(tags[0].AsSpan(Tag.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
            throw Bad("Revision number etag must be in the format of revision_number=<int>");
        if (wanted != current)
            throw new Fault(
                FaultCode.PreconditionFailed,
                $"Constrained to {wanted}, but current revision is {current}",
                "RevisionNumberConstraintFailed"
            );
    }

    private static Fault Bad(string what) => NeutronFault.Bad("BadRequest", $"Bad if-match request: {what}");
}
