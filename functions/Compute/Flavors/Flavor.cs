using System.Globalization;
using System.Text.Json;

namespace Pipeline.Compute.Flavors;

/// <summary>A flavor as it was when a server was made: it stays with the server when the flavor is deleted.</summary>
internal sealed record FlavorSpec(
    string Id,
    string Name,
    int Vcpus,
    int RamMib,
    int DiskGib,
    int EphemeralGib,
    int SwapMib
);

internal sealed record Flavor
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public int Vcpus { get; init; }
    public int RamMib { get; init; }
    public int DiskGib { get; init; }
    public int EphemeralGib { get; init; }
    public int SwapMib { get; init; }
    public string RxtxFactor { get; init; } = "1";
    public bool IsPublic { get; init; } = true;
    public string ExtraSpecs { get; init; } = "{}";

    public FlavorSpec Spec => new(Id, Name, Vcpus, RamMib, DiskGib, EphemeralGib, SwapMib);

    public Dictionary<string, string> Extras =>
        JsonSerializer.Deserialize(ExtraSpecs, ComputeJson.Default.DictionaryStringString) ?? [];

    /// <summary>Nova's rules for a new flavor; ephemeral and swap disks are not made here, so they must be 0.</summary>
    public static Flavor Accept(Fields order, Guid freshId)
    {
        order.Only(
            "id",
            "name",
            "ram",
            "vcpus",
            "disk",
            "OS-FLV-EXT-DATA:ephemeral",
            "swap",
            "rxtx_factor",
            "os-flavor-access:is_public",
            "description"
        );
        var id = order.Nullable("id") is { } given ? given.Json.ToString() : "auto";
        var name = order.String("name", 1);
        if (name.Trim().Length == 0)
            throw order["name"].Wrong("must not be blank");
        if (id.Length is 0 or > 255 || id.Trim() != id)
            throw order["id"].Wrong("must be 1 to 255 characters, without blanks around");
        return new()
        {
            Id = id == "auto" ? freshId.ToString() : id,
            Name = name,
            RamMib = order["ram"].Int(1, text: true),
            Vcpus = order["vcpus"].Int(1, 1024, text: true),
            DiskGib = order["disk"].Int(0, text: true),
            EphemeralGib = Zero(order, "OS-FLV-EXT-DATA:ephemeral"),
            SwapMib = Zero(order, "swap"),
            RxtxFactor = FactorOf(order.Nullable("rxtx_factor")),
            IsPublic = order.Nullable("os-flavor-access:is_public")?.Bool(text: true) ?? true,
        };
    }

    /// <summary>A positive number, or its text.</summary>
    private static string FactorOf(Field? field)
    {
        if (field is not { } given)
            return "1";
        return
            double.TryParse(
                $"{given.Json}",
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var factor
            )
            && factor > 0
            && double.IsFinite(factor)
            ? factor.ToString(CultureInfo.InvariantCulture)
            : throw given.Wrong("must be a positive number");
    }

    private static int Zero(Fields order, string name) =>
        order.Nullable(name) is { } field && field.Json.ToString() is not ("" or "0")
            ? throw field.Wrong("must be 0: this cloud makes no such disks")
            : 0;
}
