using System.Text.Json.Serialization;

namespace Pipeline.Contracts;

// The ids of block storage: dashed UUIDs.

[JsonConverter(typeof(IdJsonConverter<VolumeId>))]
public readonly record struct VolumeId(Guid Value) : IId<VolumeId>
{
    public static bool TryParse(string? text, out VolumeId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<SnapshotId>))]
public readonly record struct SnapshotId(Guid Value) : IId<SnapshotId>
{
    public static bool TryParse(string? text, out SnapshotId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<VolumeTypeId>))]
public readonly record struct VolumeTypeId(Guid Value) : IId<VolumeTypeId>
{
    public static bool TryParse(string? text, out VolumeTypeId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<QosSpecsId>))]
public readonly record struct QosSpecsId(Guid Value) : IId<QosSpecsId>
{
    public static bool TryParse(string? text, out QosSpecsId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<AttachmentId>))]
public readonly record struct AttachmentId(Guid Value) : IId<AttachmentId>
{
    public static bool TryParse(string? text, out AttachmentId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<BackupId>))]
public readonly record struct BackupId(Guid Value) : IId<BackupId>
{
    public static bool TryParse(string? text, out BackupId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

/// <summary>A folder of backups, as its own marker says; hosts that tell the same one have the same.</summary>
[JsonConverter(typeof(IdJsonConverter<BackupFolderId>))]
public readonly record struct BackupFolderId(Guid Value) : IId<BackupFolderId>
{
    public static bool TryParse(string? text, out BackupFolderId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<TransferId>))]
public readonly record struct TransferId(Guid Value) : IId<TransferId>
{
    public static bool TryParse(string? text, out TransferId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}

[JsonConverter(typeof(IdJsonConverter<VolumeMessageId>))]
public readonly record struct VolumeMessageId(Guid Value) : IId<VolumeMessageId>
{
    public static bool TryParse(string? text, out VolumeMessageId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
