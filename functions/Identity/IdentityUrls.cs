namespace Pipeline.Identity;

/// <summary>Absolute URLs of this API, as its links have them; the alias `/v3` links to the same.</summary>
internal sealed class IdentityUrls(PublicUrl publicUrl)
{
    public string Of(HttpRequest request, string path) => $"{publicUrl.Of(request)}/identity/v3/{path}";

    /// <summary>The links of a list that is whole.</summary>
    public ListLinks Links(HttpRequest request, string path) => new($"{Of(request, path)}{request.QueryString.Value}");

    /// <summary>The links of a page.</summary>
    /// <param name="next">The marker of the next page; null when this is the last.</param>
    public ListLinks Links(HttpRequest request, string path, string? next) =>
        Links(request, path) with
        {
            Next = next is null ? null : $"{Of(request, path)}{Page.NextQuery(request, next)}",
        };
}

internal sealed record SelfLink(string Self);

/// <param name="Previous">Never offered: pages go forward.</param>
internal sealed record ListLinks(string Self, string? Next = null, string? Previous = null);
