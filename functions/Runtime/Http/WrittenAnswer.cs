using System.Buffers;
using System.Text.Json;

namespace Pipeline.Runtime;

/// <summary>A JSON body that its view writes token by token, for shapes that vary by version or caller.</summary>
internal sealed class WrittenAnswer(int status, Action<Utf8JsonWriter> write) : Answer
{
    public override async Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
    }
}
