using Pipeline.BlockStorage.Messages;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Sweeps;

/// <summary>Removes messages that are as old as was promised.</summary>
internal sealed class ForgetVolumeMessages(Database db)
{
    private const int AtOnce = 500;

    [Function("volume-forget-messages")]
    public async Task RunAsync([TimerTrigger("0 50 * * * *")] TimerInfo timer)
    {
        while (await db.WriteAsync(tx => tx.ForgetVolumeMessagesAsync(AtOnce)) == AtOnce)
            continue;
    }
}
