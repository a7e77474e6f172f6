using Pipeline.Data;

namespace Pipeline.BlockStorage.Volumes;

internal sealed class CreateVolume(Database db, VolumeIntake intake, Randomness randomness, PublicUrl publicUrl)
{
    [Function("volume-create-volume"), Policy(VolumeIntake.Rule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "volume/v3/volumes")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        Microversion version,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = NewVolume.Read(body, version);
        var id = new VolumeId(randomness.NewGuid());
        var key = IdempotencyKeys.Of(request, caller, body);
        var volume = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored)
                return await VolumeOperations.FindAsync(tx, stored.Body, caller);
            var accepted = await intake.AcceptAsync(tx, order, id, caller, requestId);
            await tx.RememberAsync(key, 202, accepted.Id.ToString());
            return accepted;
        });
        var baseUrl = publicUrl.Of(request);
        return Answer.Written(
            202,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("volume");
                VolumeView.WriteChanged(w, volume, [], baseUrl, caller.IsAdmin, version);
                w.WriteEndObject();
            }
        );
    }
}
