using System.Net;
using System.Text;

namespace Pipeline.Identity.Versions;

/// <summary>The root: a page for a browser, Keystone's version document for a client.</summary>
internal sealed class ShowRoot(IdentityUrls urls, PublicUrl publicUrl, IEnumerable<CatalogEntry> entries)
{
    [Function("identity-show-root"), Policy("identity:show_root", Require.Anyone), Answers(300)]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "")] HttpRequest request) =>
        IsBrowser(request)
            ? Answer.Text(200, Page(publicUrl.Of(request)), "text/html; charset=utf-8").With("Vary", "Accept")
            : ListVersions.Of(request, urls).With("Vary", "Accept");

    private static bool IsBrowser(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private string Page(string root)
    {
        var services = new StringBuilder();
        foreach (var entry in entries)
        {
            var path = Encode(WithoutVariable(entry.Path));
            services.Append(
                $"<li><a href=\"{Encode(root)}{path}\">{Encode(entry.Type)}</a> ({Encode(entry.Name)})</li>\n"
            );
        }
        return $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Pipeline</title></head>
            <body>
            <h1>Pipeline</h1>
            <p>A private cloud that speaks OpenStack's APIs. Clients log in at <code>{Encode(root)}/identity</code>.</p>
            <ul>
            {services}</ul>
            </body>
            </html>

            """;
    }

    // A page has no project; what comes before it is where the service's versions are told.
    private static string WithoutVariable(string path) =>
        path.IndexOf("$(", StringComparison.Ordinal) is >= 0 and var at ? path[..path.LastIndexOf('/', at)] : path;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
