using System.Text.Json;
using Pipeline.BlockStorage.Types;

namespace Pipeline.BlockStorage.QosSpecs;

/// <summary>Keys and values by which volumes of some types are limited, and who keeps to them.</summary>
internal sealed record QosSpec
{
    public const string BackEnd = "back-end";

    public QosSpecsId Id { get; init; }
    public string Name { get; init; } = "";
    public string Consumer { get; init; } = BackEnd;
    public string Specs { get; init; } = "{}";

    public Dictionary<string, string> Pairs =>
        JsonSerializer.Deserialize(Specs, BlockStorageJson.Default.DictionaryStringString) ?? [];

    /// <summary>Name and consumer stand among the keys.</summary>
    public static QosSpec Accept(Fields body, Guid freshId)
    {
        var order = body.Object("qos_specs");
        var name = NewVolumeType.NameOf(order["name"]);
        var pairs = SpecMap.Read(order);
        pairs.Remove("name");
        return new QosSpec { Id = new(freshId), Name = name }.With(pairs, order);
    }

    /// <summary>With the body's keys set; the others stay, and so does the name.</summary>
    public QosSpec Change(Fields body)
    {
        var order = body.Object("qos_specs");
        var pairs = Pairs;
        foreach (var (key, value) in SpecMap.Read(order))
            pairs[key] = value;
        return With(pairs, order);
    }

    /// <exception cref="Fault">NotFound for a key that is not there.</exception>
    public QosSpec Without(IEnumerable<string> keys)
    {
        var pairs = Pairs;
        foreach (var key in keys)
            if (!pairs.Remove(key))
                throw Fault.NotFound($"QoS spec {Id} has no spec with key {key}.");
        return this with { Specs = SpecMap.TextOf(pairs) };
    }

    public static Fault NotFound(string id) => Fault.NotFound($"No such QoS spec {id}.");

    public static string TargetOf(QosSpecsId id) => $"qos-specs/{id}";

    private QosSpec With(Dictionary<string, string> pairs, Fields order)
    {
        pairs.Remove("consumer");
        return this with
        {
            Consumer = order.Optional("consumer")?.Choice("front-end", BackEnd, "both") ?? Consumer,
            Specs = SpecMap.TextOf(pairs),
        };
    }
}
