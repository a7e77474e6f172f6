namespace Pipeline.BlockStorage.Transfers;

/// <summary>A volume that its project offers to whoever has the key.</summary>
internal sealed record Transfer
{
    public TransferId Id { get; init; }
    public VolumeId VolumeId { get; init; }

    /// <summary>Whose the volume is until it is accepted.</summary>
    public ProjectId ProjectId { get; init; }
    public string? Name { get; init; }

    /// <summary>It is of the volume alone: one that has snapshots is not offered so, since they lie with it.</summary>
    public bool NoSnapshots { get; init; }
    public string Salt { get; init; } = "";
    public string KeyHash { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    public static string ResourceOf(TransferId id) => $"volume-transfer/{id}";

    /// <exception cref="Fault">NotFound, as for one that the caller may not see.</exception>
    public static Fault Unknown(string id) => Fault.NotFound($"Transfer {id} could not be found.");
}
