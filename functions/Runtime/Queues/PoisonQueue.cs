using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

/// <summary>Where messages go that fail too often; it is made when the first one does.</summary>
internal sealed class PoisonQueue(IQueue queue)
{
    public async Task SendAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await queue.SendAsync(body);
        }
        catch (Fault absent) when (absent.Code == FaultCode.NotFound)
        {
            await queue.CreateAsync();
            await queue.SendAsync(body);
        }
    }
}
