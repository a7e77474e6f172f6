using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Http;

namespace Pipeline.Runtime;

/// <summary>Reads JSON bodies, whatever content type they claim: OpenStack's clients are careless there.</summary>
public static class RequestBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };
    private static readonly JsonSerializerOptions OfAgents = new(ContractsJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The body's root object. Of a key that comes twice the last one counts.</summary>
    /// <exception cref="Fault">BadRequest when it is not a JSON object; TooLarge over the function's body limit.</exception>
    public static async ValueTask<Fields> ReadFieldsAsync(this HttpRequest request, CancellationToken ct = default) =>
        new Field(await request.ReadJsonAsync(ct), "").Object();

    /// <summary>The body as any JSON value, for JSON patches; see <see cref="ReadFieldsAsync"/>.</summary>
    /// <exception cref="Fault">BadRequest when it is not JSON; TooLarge over the function's body limit.</exception>
    public static async ValueTask<JsonElement> ReadJsonAsync(this HttpRequest request, CancellationToken ct = default)
    {
        var limit =
            request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize
            ?? BodyLimitAttribute.Default;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            if (read.Buffer.Length > limit)
                throw BodyLimits.TooLarge(limit);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var root = Parse(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            return root;
        }
    }

    /// <summary>The body as one of the messages that agents send; all that a message must have is there.</summary>
    /// <exception cref="Fault">BadRequest when it is not that message; TooLarge over the function's body limit.</exception>
    public static async ValueTask<T> ReadMessageAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class
    {
        var body = await request.ReadJsonAsync(ct);
        try
        {
            if (body.Deserialize(OfAgents.GetTypeInfo(typeof(T))) is T message)
                return message;
        }
        catch (JsonException malformed)
        {
            throw Fault.BadRequest($"The body is no {typeof(T).Name}: {malformed.Message}");
        }
        throw Fault.BadRequest($"The body is no {typeof(T).Name}.");
    }

    /// <summary>The same; null where there is no body.</summary>
    /// <exception cref="Fault">BadRequest when it is not that message; TooLarge over the function's body limit.</exception>
    public static async ValueTask<T?> FindMessageAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class
    {
        var read = await request.BodyReader.ReadAsync(ct);
        request.BodyReader.AdvanceTo(read.Buffer.Start);
        return read is { IsCompleted: true, Buffer.IsEmpty: true } ? null : await request.ReadMessageAsync<T>(ct);
    }

    private static JsonElement Parse(in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
            throw Fault.BadRequest("The request has no body; a JSON object is expected.");
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        try
        {
            return JsonElement.Parse(bytes, Strict);
        }
        catch (JsonException malformed)
        {
            throw Fault.BadRequest($"Malformed request body: {malformed.Message}");
        }
    }
}
