namespace Pipeline.Runtime;

internal sealed class EmptyAnswer(int status) : Answer
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        if (status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
            httpContext.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}

internal sealed class BytesAnswer(int status, ReadOnlyMemory<byte> body, string contentType) : Answer
{
    public override Task ExecuteAsync(HttpContext httpContext) =>
        Body.WriteAsync(httpContext, status, contentType, body);
}

internal sealed class HeaderAnswer(Answer inner, string header, string value) : Answer
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers[header] = value;
        return inner.ExecuteAsync(httpContext);
    }
}

internal static class Body
{
    /// <summary>Sends a whole body with its length; HEAD gets the same headers and no body.</summary>
    public static Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body).AsTask();
    }
}
