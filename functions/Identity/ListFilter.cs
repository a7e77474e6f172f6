using Pipeline.Identity.Users;

namespace Pipeline.Identity;

/// <summary>The filters that lists of users and projects share.</summary>
/// <param name="After">The page's marker; empty for the first page.</param>
/// <param name="NameFits">Inexact filters, as `name__icontains`; null for none.</param>
internal sealed record ListFilter(
    string? Name,
    string? DomainId,
    bool? Enabled,
    string After,
    int Limit,
    Func<string, bool>? NameFits
)
{
    /// <summary>The project, or the domain, that a project lies directly below.</summary>
    public string? ParentId { get; init; }

    public PasswordExpiry? PasswordExpires { get; init; }

    /// <summary>Of users whom other issuers have sent: their provider, their id there, and the protocol.</summary>
    public (string? Provider, string? UniqueId, string? Protocol) SentBy { get; init; }

    public static ListFilter Of(HttpRequest request)
    {
        var query = Query.Of(request);
        var page = Page.Of(request, int.MaxValue);
        return new(
            query["name"],
            query["domain_id"],
            query.Bool("enabled"),
            page.Marker ?? "",
            page.Limit,
            InexactName(query)
        );
    }

    /// <summary>Those with a token of a domain list what is in it.</summary>
    public ListFilter For(Caller caller) =>
        caller.DomainId is not { } own ? this
        : DomainId is null || DomainId == own.Value ? this with { DomainId = own.Value }
        : this with { DomainId = "" }; // another's: nothing

    /// <summary>The filters alone, for lists that are short enough to be whole.</summary>
    /// <param name="enabled">Null for what cannot be disabled.</param>
    public bool Fits(string name, DomainId domain, bool? enabled) =>
        (Name is null || Name == name)
        && (DomainId is null || DomainId == domain.Value)
        && (Enabled is null || enabled is null || Enabled == enabled)
        && NameFits?.Invoke(name) != false;

    /// <summary>The conditions of SQL; their parameters are <see cref="Arguments"/>.</summary>
    public string Where() =>
        string.Join(
            " AND ",
            new[]
            {
                "id > @After",
                Name is null ? null : "name = @Name",
                DomainId is null ? null : "domain_id = @DomainId",
                Enabled is null ? null : "enabled = @Enabled",
                ParentId is null ? null : "(parent_id = @ParentId OR (parent_id IS NULL AND domain_id = @ParentId))",
                PasswordExpires is null
                    ? null
                    : $"id IN (SELECT user_id FROM passwords WHERE expires_at {PasswordExpires.Sign} @PasswordExpiresAt)",
                SentBy == default ? null : $"id IN (SELECT user_id FROM federated_users WHERE {WhereSent()})",
            }.OfType<string>()
        );

    /// <summary>Limits the rows where no filter comes after SQL's.</summary>
    public string SqlLimit(bool paged) => paged && NameFits is null && Limit < int.MaxValue ? " LIMIT @limit" : "";

    public object Arguments() =>
        new
        {
            After,
            Name,
            DomainId,
            Enabled,
            ParentId,
            PasswordExpiresAt = PasswordExpires?.At,
            SentBy.Provider,
            SentBy.UniqueId,
            SentBy.Protocol,
            limit = Limit + 1L,
        };

    /// <summary>A page of what the database gave, and the next page's marker.</summary>
    public (IReadOnlyList<T> Page, string? Next) Take<T>(IEnumerable<T> rows, Func<T, string> name, Func<T, string> id)
    {
        var fitting = NameFits is { } fits ? rows.Where(row => fits(name(row))) : rows;
        var page = fitting.Take(Limit == int.MaxValue ? Limit : Limit + 1).ToList();
        if (page.Count <= Limit)
            return (page, null);
        page.RemoveAt(Limit);
        return (page, Limit == 0 ? null : id(page[^1]));
    }

    // Which of a provider's protocols somebody last came by is not kept.
    private string WhereSent() =>
        string.Join(
            " AND ",
            new[]
            {
                SentBy.Provider is null ? null : "provider_id = @Provider",
                SentBy.UniqueId is null ? null : "unique_id = @UniqueId",
                SentBy.Protocol is null
                    ? null
                    : "provider_id IN (SELECT provider_id FROM federation_protocols WHERE id = @Protocol)",
            }.OfType<string>()
        );

    private static Func<string, bool>? InexactName(Query query)
    {
        Func<string, bool>? fits = null;
        foreach (var key in query.Names)
            if (key.StartsWith("name__") && Comparison(key["name__".Length..], query[key] ?? "") is { } next)
                fits = fits is { } before ? name => before(name) && next(name) : next;
        return fits;
    }

    // Those that are not known are ignored, as Keystone does.
    private static Func<string, bool>? Comparison(string kind, string value)
    {
        var how = kind.StartsWith('i') ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return kind.TrimStart('i') switch
        {
            "contains" => name => name.Contains(value, how),
            "startswith" => name => name.StartsWith(value, how),
            "endswith" => name => name.EndsWith(value, how),
            _ => null,
        };
    }
}
