using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Runtime.Http;

/// <summary>One request on its way through the pipeline: what the steps have found out so far.</summary>
internal sealed class Invocation(HttpContext context, string path, RequestId requestId)
{
    public Captures Captures;
    private CancellationToken? cancelled; // the server makes its own token only when somebody asks for it

    public HttpContext Context { get; } = context;

    public HttpRequest Request => Context.Request;

    /// <summary>The raw path without its leading slash.</summary>
    public string Path { get; } = path;

    public RequestId RequestId { get; } = requestId;

    public Route? Route { get; set; }

    public Api Api => Route?.Api ?? Api.Of(Path);

    public Activity? Span { get; set; }

    public Caller Caller { get; set; } = Caller.Anonymous;

    public Microversion Microversion { get; set; }

    /// <summary>Cancelled when the client is gone or the function's time is up.</summary>
    public CancellationToken Cancelled
    {
        get => cancelled ?? Context.RequestAborted;
        set => cancelled = value;
    }

    /// <summary>The project id that the client put into the path; empty for none.</summary>
    public ReadOnlySpan<char> PathProject => Path.AsSpan(Captures.Project.Start, Captures.Project.Length);

    public string Text(int parameter)
    {
        var (start, length) = Captures[parameter];
        return SegmentText.Decode(Path.AsSpan(start, length));
    }

    public int Int(int parameter) =>
        int.TryParse(Text(parameter), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotFound();

    public long Long(int parameter) =>
        long.TryParse(Text(parameter), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NotFound();

    public TId Id<TId>(int parameter)
        where TId : struct, IId<TId> => TId.TryParse(Text(parameter), out var id) ? id : throw NotFound();

    public static Fault NotFound() => Fault.NotFound("The resource could not be found.");
}
