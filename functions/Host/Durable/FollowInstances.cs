using System.Buffers;
using Pipeline.Data;
using Pipeline.Durable.Management;

namespace Pipeline.Functions.Durable;

/// <summary>
/// What happens to one orchestration, or to all of a resource, as server-sent events from the beginning or from a
/// `Last-Event-ID` on. Ends with the last of them, or when this functions host stops or the token is to be looked at
/// again: then the client comes back.
/// </summary>
internal sealed class FollowInstances(
    Database db,
    InstanceReader reader,
    InstanceFollower follower,
    KnownHosts hosts,
    TimeProvider time
)
{
    /// <summary>A token that was revoked meanwhile follows no longer than this.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    [Function("durable-follow-instance"), Policy("durable:instances:follow", Require.ProjectReader), LongLived]
    public async Task<IResult> OneAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InstanceRoute.One + "/events")] HttpRequest request,
        string id,
        Caller caller
    )
    {
        var after = AfterOf(request);
        if (
            await db.ReadAsync(tx => reader.FindAsync(tx, id, withSteps: false)) is not { } state
            || !caller.Sees(state)
        )
            throw InstanceRoute.NotFound(id);
        // What tells an EventSource not to come again.
        if (after?.Instance.Id == id && await follower.IsOverAsync(after))
            return Answer.NoContent();
        return Stream(caller, ct => follower.FollowAsync(id, after, ct));
    }

    [Function("durable-follow-resource"), Policy("durable:instances:follow", Require.ProjectReader), LongLived]
    public Task<IResult> ResourceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = InstanceRoute.Root + "/events")] HttpRequest request,
        Caller caller
    )
    {
        var query = Query.Of(request);
        var resource = query["resource"] ?? throw query.Wrong("resource", "it is needed, as server/{id}");
        var project = caller.IsAdmin ? (ProjectId?)null : caller.Project;
        var after = AfterOf(request);
        return Task.FromResult<IResult>(
            Stream(caller, ct => follower.FollowResourceAsync(resource, project, after, ct))
        );
    }

    private static ResumeId? AfterOf(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"] is [{ Length: > 0 } header]
            ? header
            : Query.Of(request)["lastEventId"];
        return string.IsNullOrEmpty(text)
            ? null
            : ResumeId.Parse(text) ?? throw Fault.BadRequest("Last-Event-ID is none that this stream has given out.");
    }

    private Answer Stream(
        Caller caller,
        Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<InstanceEvent>>> follow
    ) =>
        Answer
            .Live(200, "text/event-stream", (body, ct) => WriteAsync(caller, body, follow, ct))
            .With("Cache-Control", "no-store")
            .With("X-Accel-Buffering", "no");

    private async Task WriteAsync(
        Caller caller,
        Stream body,
        Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<InstanceEvent>>> follow,
        CancellationToken ct
    )
    {
        var left = caller.ExpiresAt - time.GetUtcNow();
        using var over = new CancellationTokenSource(left < Longest ? left : Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        try
        {
            await SendAsync(body, EventView.Hello, ct);
            await foreach (var batch in follow(either.Token))
                await SendAsync(body, await FormatAsync(caller, batch), ct);
            if (!either.IsCancellationRequested)
                await SendAsync(body, EventView.Done, ct);
        }
        catch (OperationCanceledException)
        {
            // The client went away, or this functions host stops.
        }
    }

    private async Task<ReadOnlyMemory<byte>> FormatAsync(Caller caller, IReadOnlyList<InstanceEvent> batch)
    {
        if (batch.Count == 0)
            return EventView.Beat;
        var names = await db.ReadAsync(tx => hosts.ReadAsync(tx, caller, batch.SelectMany(EventView.HostsOf)));
        var text = new ArrayBufferWriter<byte>();
        foreach (var told in batch)
            EventView.Write(text, told, names);
        return text.WrittenMemory;
    }

    private static async Task SendAsync(Stream body, ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        await body.WriteAsync(text, ct);
        await body.FlushAsync(ct);
    }
}
