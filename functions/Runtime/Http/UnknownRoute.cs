namespace Pipeline.Runtime.Http;

/// <summary>No function answers: 404, or 405 with `Allow` where the path has other methods.</summary>
internal static class UnknownRoute
{
    public static Fault Explain(HttpContext context, string? allowed)
    {
        if (allowed is null)
            return Invocation.NotFound();
        context.Response.Headers.Allow = allowed;
        return new(FaultCode.NotAllowed, $"The method is not allowed for this resource; it has {allowed}.");
    }
}
