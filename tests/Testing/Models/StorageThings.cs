namespace Pipeline.Testing.Models;

/// <summary>Belongs to nobody.</summary>
internal sealed class AVolumeType(string id, string name) : Owned(id, "")
{
    public string Name => name;

    public bool IsPublic { get; init; } = true;

    /// <summary>Of volumes that name none; it stays.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Who may use it besides, where it is not public.</summary>
    public HashSet<string> Access { get; } = [];
}

internal sealed class AVolume(string id, string project, long gib, AVolumeType type) : Owned(id, project)
{
    public string Name { get; set; } = "";

    /// <summary>In GiB.</summary>
    public long Gib { get; set; } = gib;

    public AVolumeType Type { get; set; } = type;

    /// <summary>What it shows; one that a server has is in use.</summary>
    public string Status { get; set; } = Available;

    public bool IsBootable { get; set; }

    public bool IsReadOnly { get; set; }

    /// <summary>Who has it.</summary>
    public AServer? Server { get; set; }

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public const string Available = "available";
    public const string InUse = "in-use";
    public const string Offered = "awaiting-transfer";

    public bool IsFree => Status == Available;
}

/// <param name="at">The larger the later; of what the volume held then.</param>
internal sealed class ASnapshot(string id, AVolume volume, int at) : Owned(id, volume.Project)
{
    public AVolume Volume => volume;

    public int At => at;

    /// <summary>As large as its volume was then.</summary>
    public long Gib { get; } = volume.Gib;

    public string Name { get; set; } = "";

    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);
}

/// <summary>Stays when its volume goes, and with who made it.</summary>
/// <param name="volume">Its volume's id.</param>
internal sealed class ABackup(string id, string project, string volume, long gib, int at) : Owned(id, project)
{
    public string Volume => volume;

    public long Gib => gib;

    /// <summary>When its volume held this.</summary>
    public int At => at;

    public bool IsBootable { get; init; }

    /// <summary>The backup on which it stands; null for a full one.</summary>
    public ABackup? Parent { get; init; }
}

/// <summary>A volume on offer.</summary>
internal sealed class ATransfer(string id, AVolume volume, string key) : Owned(id, volume.Project)
{
    public AVolume Volume => volume;

    public string Key => key;
}
