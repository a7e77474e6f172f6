using System.Text.Json;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Data;
using Pipeline.Durable.Hub;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What holds for messages and for those who may send them.</summary>
internal sealed class Messages(TestCloud cloud, Action<string, string> violated)
{
    /// <summary>A message is dropped when its answer is on disk at the control plane, not before.</summary>
    public async Task AcknowledgingAsync(byte[] body)
    {
        if (cloud.Restores > 0)
            return; // a restored database gives the same names to other steps
        var signed = JsonSerializer.Deserialize(body, ContractsJson.Default.SignedMessage)!;
        if (signed.Payload is null)
            return;
        var message = JsonSerializer.Deserialize(signed.Payload, ContractsJson.Default.HostMessage)!;
        if (!TaskKey.TryParse(message.ActivityId, out var key))
            return;
        var waits = await cloud.Store.ReadAsync(async tx =>
            await tx.ScalarAsync<long>(
                """
                SELECT COUNT(*) FROM tasks WHERE instance_id = @InstanceId AND generation = @Generation AND task_id = @TaskId
                    AND attempt = @Attempt AND host = @host
                """,
                new
                {
                    key.InstanceId,
                    key.Generation,
                    key.TaskId,
                    message.Attempt,
                    host = message.Host.ToString(),
                }
            )
        );
        if (waits > 0)
            violated("no message is acknowledged before its effect", $"{message.Name} {message.ActivityId}");
    }

    /// <summary>Who works on orchestrations has a lease that runs.</summary>
    public async ValueTask LookAsync(Tx tx)
    {
        var running = (
            await tx.ListAsync<string>("SELECT owner FROM functions_hosts WHERE lease_until >= @now")
        ).ToHashSet();
        foreach (var owner in cloud.Owners)
            if (!running.Contains(owner))
                violated("who works on orchestrations holds a lease", owner);
    }
}
