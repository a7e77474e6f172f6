using System.Text.Json;

namespace Pipeline.Runtime;

/// <summary>A JSON body that its view writes token by token, for shapes that vary by version or caller.</summary>
internal sealed class WrittenAnswer(int status, Action<Utf8JsonWriter> write) : Answer
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = JsonBuffer.Take();
        write(buffer.Writer);
        return buffer.SendAsync(httpContext, status);
    }
}
