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

    /// <summary>The extra specs that are told to those who may use the type: what they can do with a volume of it.</summary>
    private static readonly string[] ForAll = ["RESKEY:availability_zones", "multiattach", "replication_enabled"];

    /// <summary>Its extra specs, as a dictionary of the caller's own.</summary>
    public Dictionary<string, string> Specs =>
        JsonSerializer.Deserialize(ExtraSpecs, BlockStorageJson.Default.DictionaryStringString) ?? [];

    /// <summary>Its volumes may be attached several times.</summary>
    public bool IsMultiattach =>
        Specs.GetValueOrDefault("multiattach") is { } text && text.EndsWith("True", StringComparison.OrdinalIgnoreCase);

    /// <summary>Those of its extra specs that the caller may know: which backends there are is the operators' business.</summary>
    public Dictionary<string, string> SpecsFor(Caller caller) =>
        caller.IsAdmin ? Specs : new(Specs.Where(spec => ForAll.Contains(spec.Key)));

    public VolumeType With(Dictionary<string, string> specs) => this with { ExtraSpecs = SpecMap.TextOf(specs) };

    public static Fault NotFound(string id) => Fault.NotFound($"Volume type {id} could not be found.");

    /// <summary>As audit records name it.</summary>
    public static string TargetOf(VolumeTypeId id) => $"volume-type/{id}";
}
