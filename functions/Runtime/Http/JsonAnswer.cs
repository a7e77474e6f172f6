using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Runtime;

internal sealed class JsonAnswer<T>(int status, T value, JsonTypeInfo<T> type) : Answer
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = JsonBuffer.Take();
        JsonSerializer.Serialize(buffer.Writer, value, type);
        return buffer.SendAsync(httpContext, status);
    }
}
