using System.Text.Json;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Messages;

/// <summary>`messages`: what a project has been told, newest first; who has read one may take it away.</summary>
internal sealed class VolumeMessages(Database db, PublicUrl publicUrl)
{
    private const int Most = 1000;
    private const string Route = "volume/v3/messages";
    private const string DeleteRule = "message:delete";
    private static readonly Microversion First = new(3, 3);
    private static readonly Microversion Paged = new(3, 5);

    [Function("volume-list-messages"), Policy("message:get_all", Require.ProjectReader)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        Caller caller,
        Microversion version
    )
    {
        VolumeVersions.Require(version, First);
        var page =
            version < Paged
                ? new(Most, null, false, [])
                : Page.Of(request, Most, [.. VolumeMessageStore.SortKeys.Keys]);
        var filter = MessageFilter.Of(request);
        var skip = version < Paged ? 0 : Query.Of(request).Int("offset", 0) ?? 0;
        var (messages, more) =
            page.Limit == 0
                ? ([], false)
                : await db.ReadAsync(async tx =>
                    await Listing.TakeAsync(
                        page,
                        skip,
                        page.Marker is { } marker ? (await FindAsync(tx, marker, caller)).Id : null,
                        null,
                        row => row.Id,
                        (VolumeMessageId? after, int but, int take) =>
                            tx.ListVolumeMessagesAsync(caller.Project, page, filter, after, but, take)
                    )
                );
        var baseUrl = publicUrl.Of(request);
        var next = more ? Page.NextQuery(request, $"{messages[^1].Id}") : null;
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("messages"u8);
                foreach (var message in messages)
                    Write(w, message, baseUrl);
                w.WriteEndArray();
                if (next is not null)
                    Links.Next(w, "messages", $"{baseUrl}/volume/v3/{caller.Project}/messages{next}");
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-show-message"), Policy("message:get", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    )
    {
        VolumeVersions.Require(version, First);
        var message = await db.ReadAsync(tx => FindAsync(tx, id, caller));
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("message"u8);
                Write(w, message, baseUrl);
                w.WriteEndObject();
            }
        );
    }

    [Function("volume-delete-message"), Policy(DeleteRule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId,
        Microversion version
    )
    {
        VolumeVersions.Require(version, First);
        await db.WriteAsync(async tx =>
        {
            var message = await FindAsync(tx, id, caller);
            await tx.DeleteVolumeMessageAsync(message.Id);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, VolumeMessage.TargetOf(message.Id)));
        });
        return Answer.Empty(204);
    }

    private static async ValueTask<VolumeMessage> FindAsync(Tx tx, string id, Caller caller) =>
        (VolumeMessageId.TryParse(id, out var known) ? await tx.FindVolumeMessageAsync(known) : null) is { } message
        && (caller.IsAdmin || message.ProjectId == caller.ProjectId)
            ? message
            : throw Fault.NotFound($"Message {id} could not be found.");

    private static void Write(Utf8JsonWriter w, VolumeMessage message, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, message.Id.Value);
        w.WriteString("event_id"u8, message.EventId);
        w.WriteString("user_message"u8, message.UserMessage);
        w.WriteString("message_level"u8, message.MessageLevel);
        w.WriteString("created_at"u8, VolumeView.Time(message.CreatedAt));
        w.WriteString("guaranteed_until"u8, VolumeView.Time(message.ExpiresAt));
        w.WriteString("request_id"u8, message.RequestId);
        w.WriteString("resource_type"u8, message.ResourceType);
        w.WriteString("resource_uuid"u8, message.ResourceId);
        Links.Write(w, baseUrl, message.ProjectId, "messages", message.Id.ToString());
        w.WriteEndObject();
    }
}
