namespace Pipeline.BlockStorage.Volumes;

/// <summary>A new name and description, by either pair of names that Cinder has for them; what is not said stays.</summary>
internal sealed record NewNames(bool Named, string? Name, bool Described, string? Description)
{
    public static NewNames Read(Fields order) =>
        new(
            order.Has("name") || order.Has("display_name"),
            NewVolume.NameOf(order.Has("name") ? order.Nullable("name") : order.Nullable("display_name")),
            order.Has("description") || order.Has("display_description"),
            NewVolume.NameOf(
                order.Has("description") ? order.Nullable("description") : order.Nullable("display_description")
            )
        );

    public string? NameOr(string? known) => Named ? Name : known;

    public string? DescriptionOr(string? known) => Described ? Description : known;
}
