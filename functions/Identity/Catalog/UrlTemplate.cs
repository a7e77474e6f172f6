using System.Text;

namespace Pipeline.Identity.Catalog;

/// <summary>An endpoint's URL with variables, as `http://h/v1/$(project_id)s` or `http://h/v1/%(tenant_id)s`; `%%` is a percent sign.</summary>
internal static class UrlTemplate
{
    /// <exception cref="Fault">BadRequest for a URL that is none, or that names a variable which is not known.</exception>
    public static string Read(Field field)
    {
        var url = field.String(1, 2048);
        if (Fill(url, "p", "u") is not { } filled)
            throw field.Wrong("has a variable that is not known, or that is malformed");
        return Uri.TryCreate(filled, UriKind.Absolute, out _) ? url : throw field.Wrong("is not a URL");
    }

    public static bool NamesProject(string url) => url.Contains("(project_id)s") || url.Contains("(tenant_id)s");

    /// <summary>Null for a template that cannot be filled.</summary>
    public static string? Fill(string template, string project, string user)
    {
        var url = new StringBuilder(template.Length + 32);
        for (var at = 0; at < template.Length; at++)
        {
            var c = template[at];
            var next = at + 1 < template.Length ? template[at + 1] : '\0';
            if (c == '%' && next == '%')
            {
                url.Append('%');
                at++;
            }
            else if (c is '$' or '%' && next == '(')
            {
                var end = template.IndexOf(")s", at, StringComparison.Ordinal);
                if (end < 0 || Value(template[(at + 2)..end], project, user) is not { } value)
                    return null;
                url.Append(value);
                at = end + 1;
            }
            else if (c == '%')
                return null;
            else
                url.Append(c);
        }
        return url.ToString();
    }

    private static string? Value(string name, string project, string user) =>
        name switch
        {
            "project_id" or "tenant_id" => project,
            "user_id" => user,
            _ => null,
        };
}
