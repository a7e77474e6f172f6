using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Volumes;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Durable;

namespace Pipeline.BlockStorage.Orchestrations;

/// <summary>A volume is to be of another type, or on another backend, or both. The type that it is to have stands in its row.</summary>
/// <param name="Name">What it is to be called where it moves to; what is copied bears the same name on its way.</param>
/// <param name="Specs">The extra specs of the type that it has or is to have.</param>
/// <param name="Moves">It may move.</param>
internal sealed record MoveVolume(
    VolumeId Id,
    VolumeId Name,
    IReadOnlyDictionary<string, string> Specs,
    bool Moves,
    string RequestId
) : IOrchestration<Done>
{
    /// <summary>Where an operator wants it; null for a change of type, which stays where it is if that may be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BackendPlace? To { get; init; }

    public string? Resource => Volume.ResourceOf(Id);
}

/// <summary>
/// The volume is copied to where it is to be, under a name of its own there, in the blocks in which backups are kept. Until all of it is
/// there nothing of the volume changes; the switch itself follows as an orchestration without a way back.
/// </summary>
internal sealed class MoveVolumeOrchestrator : SagaOrchestrator<MoveVolume>
{
    /// <summary>A volume may be large, and the way slow.</summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(24);

    protected override async Task RunAsync(Saga saga, MoveVolume order)
    {
        var (id, name, parts) = (order.Id, order.Name, new BackupId(order.Name.Value));
        saga.OnFault(fault => new MarkMoveFailed(id, fault));
        var target = await saga.DoAsync(
            new ClaimTarget(id, name, order.Specs, order.Moves) { To = order.To },
            undo: new ForgetCopy(id, name)
        );
        if (target.To is not { } to)
        {
            await saga.DoAsync(new MarkRetyped(id), Undo.NotNeeded("last step"));
            return;
        }
        var from = target.From;
        await saga.DoAsync(
            new MakeVolume(to.Host, to.Backend, name, target.Gib, Source: null),
            undo: new RemoveVolume(to.Host, name, [])
        );
        var content = await saga.DoAsync(
            new ReadBackup(from.Host, from.Backend, target.Name, target.Gib, parts, Parent: null),
            undo: new DropBackup(parts)
        );
        await saga.DoAsync(
            new WriteBackup(to.Host, to.Backend, name, parts, content.Manifest),
            Undo.NotNeeded("the copy's own undo removes it")
        );
        await saga.DoAsync(new DropBackup(parts), Undo.NotNeeded("it takes away"));
        await saga.DoAsync(
            new BeginSwitch(id, name, order.RequestId),
            Undo.NotNeeded("what follows finds no copy where this was undone")
        );
    }
}
