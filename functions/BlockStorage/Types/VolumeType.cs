using System.Text.Json;

namespace Pipeline.BlockStorage.Types;

/// <summary>A kind of volume: its extra specs say which backends may hold one.</summary>
internal sealed record VolumeType
{
    public VolumeTypeId Id { get; init; }
    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public bool IsPublic { get; init; } = true;
    public string ExtraSpecs { get; init; } = "{}";
    public QosSpecsId? QosSpecsId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The type of volumes that name none, unless an operator has chosen another.</summary>
    public const string Default = "__DEFAULT__";

    /// <summary>Its extra specs, as a dictionary of the caller's own.</summary>
    public Dictionary<string, string> Specs =>
        JsonSerializer.Deserialize(ExtraSpecs, BlockStorageJson.Default.DictionaryStringString) ?? [];
}
