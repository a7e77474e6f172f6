namespace Pipeline.BlockStorage.Types;

/// <summary>What a body says of a type.</summary>
internal static class NewVolumeType
{
    private const string Public = "os-volume-type-access:is_public";

    public static VolumeType Accept(Fields body, Guid freshId)
    {
        body.Only("volume_type");
        var order = body.Object("volume_type");
        order.Only("name", "description", "extra_specs", Public);
        var specs = order.Nullable("extra_specs") is { } given ? SpecMap.Read(given.Object()) : [];
        return new VolumeType
        {
            Id = new(freshId),
            Name = NameOf(order["name"]),
            Description = order.Nullable("description")?.String(),
            IsPublic = order.Optional(Public)?.Bool(text: true) ?? true,
        }.With(specs);
    }

    /// <summary>The type as the body wants it; what the body leaves out, or has as null, stays.</summary>
    public static VolumeType Change(VolumeType type, Fields body)
    {
        body.Only("volume_type");
        var order = body.Object("volume_type");
        order.Only("name", "description", "is_public");
        if (order.Entries().All(entry => entry.Value.IsNull))
            throw Fault.BadRequest("Specify volume type name, description, is_public or a combination thereof.");
        var changed = type with
        {
            Name = order.Nullable("name") is { } name ? NameOf(name) : type.Name,
            Description = order.Nullable("description")?.String() ?? type.Description,
            IsPublic = order.Nullable("is_public")?.Bool(text: true) ?? type.IsPublic,
        };
        // Volumes that name no type find theirs by this name.
        return type.Name == VolumeType.Default && changed.Name != type.Name
            ? throw order["name"].Wrong($"must stay {type.Name}: it is the type of volumes that name none")
            : changed;
    }

    /// <summary>Blanks around it are nobody's wish.</summary>
    public static string NameOf(Field field) =>
        field.String(1).Trim() is { Length: > 0 } name ? name : throw field.Wrong("must not be blank");
}
