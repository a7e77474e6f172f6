namespace Pipeline.Runtime.Http;

/// <summary>Lets browsers of the configured origins call the APIs (`Host.CORS`, `Host.CORSCredentials`).</summary>
internal sealed class Cors(IReadOnlyList<string> origins, bool credentials)
{
    private const string Exposed = "X-Subject-Token, X-Openstack-Request-Id, OpenStack-API-Version, Location";
    private readonly bool all = origins.Contains("*");

    /// <summary>Marks the answer; true when the request was a preflight, which is now answered.</summary>
    public bool Answered(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return false;
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        if (!all && !origins.Contains(origin))
            return false;
        headers.AccessControlAllowOrigin = all && !credentials ? "*" : origin;
        headers.AccessControlExposeHeaders = Exposed;
        if (credentials)
            headers.AccessControlAllowCredentials = "true";
        var asked = context.Request.Headers.AccessControlRequestMethod;
        if (!HttpMethods.IsOptions(context.Request.Method) || asked.Count == 0)
            return false;
        headers.AccessControlAllowMethods = asked;
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
