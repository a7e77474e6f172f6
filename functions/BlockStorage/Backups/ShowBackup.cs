using Pipeline.Data;

namespace Pipeline.BlockStorage.Backups;

internal sealed class ShowBackup(Database db, PublicUrl publicUrl)
{
    [Function("volume-show-backup"), Policy("backup:get", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "volume/v3/backups/{id}")] HttpRequest request,
        string id,
        Caller caller,
        Microversion version
    )
    {
        var backup = await db.ReadAsync(tx => BackupOperations.FindAsync(tx, id, caller));
        var baseUrl = publicUrl.Of(request);
        return BackupView.Answer(200, "backup", w => BackupView.Write(w, backup, baseUrl, caller.IsAdmin, version));
    }
}
