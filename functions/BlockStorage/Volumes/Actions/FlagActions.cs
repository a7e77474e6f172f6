namespace Pipeline.BlockStorage.Volumes.Actions;

/// <summary>Whether a server may boot from it: its owner's word.</summary>
internal sealed class SetBootableAction(VolumeOperations operations) : IVolumeAction
{
    public string Key => "os-set_bootable";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var bootable = argument.Object()["bootable"].Bool(text: true);
        await operations.ChangeAsync(
            id,
            caller,
            requestId,
            "volume_extension:volume_actions:set_bootable",
            v => v with { Bootable = bootable }
        );
        return Answer.Empty(200);
    }
}

/// <summary>Whether guests may write to it. It holds for those that it is attached to afterwards.</summary>
internal sealed class UpdateReadonlyAction(VolumeOperations operations) : IVolumeAction
{
    public string Key => "os-update_readonly_flag";

    public async Task<IResult> RunAsync(string id, Field argument, Caller caller, RequestId requestId)
    {
        var readOnly = argument.Object()["readonly"].Bool(text: true);
        await operations.ChangeAsync(
            id,
            caller,
            requestId,
            "volume:update_readonly_flag",
            v =>
                v.Status == VolumeStatus.Available
                    ? v with
                    {
                        ReadOnly = readOnly,
                    }
                    : throw VolumeOperations.Wrong(
                        $"Volume {v.Id} status must be available to update readonly flag, but current status is: {v.Status}."
                    )
        );
        return Answer.Empty(202);
    }
}
