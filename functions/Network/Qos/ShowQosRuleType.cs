using System.Text.Json;
using Pipeline.Data;
using Pipeline.Network.Hosts;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>What a kind of rule can say, by the mechanism that enforces it: those that hosts of this cloud have.</summary>
internal sealed class ShowQosRuleType(Database db, MechanismDrivers mechanisms)
{
    [Function("network-show-qos-rule-type"), Policy("network:qos-rule-types:show", Require.Admin)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/qos/rule-types/{type}")]
            HttpRequest request,
        string type
    )
    {
        if (type != BandwidthLimitRow.Type)
            throw Fault.NotFound($"QoS rule type {type} could not be found.", "QosRuleTypeNotFound");
        var there = await db.ReadAsync(PlaceStore.ListNetworkDriversAsync);
        return Document.Answer(json =>
        {
            json.WriteStartObject("rule_type");
            json.WriteString("type", type);
            json.WriteObjects("drivers", mechanisms.Names.Intersect(there), WriteDriver);
            json.WriteEndObject();
        });
    }

    private static void WriteDriver(Utf8JsonWriter json, string name)
    {
        json.WriteString("name", name);
        json.WriteStartArray("supported_parameters");
        WriteRange(json, "max_kbps");
        WriteRange(json, "max_burst_kbps");
        json.WriteStartObject();
        json.WriteString("parameter_name", "direction");
        json.WriteString("parameter_type", "choices");
        json.WritePropertyName("parameter_values");
        json.WriteTexts(BandwidthLimitRow.Directions);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteRange(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("parameter_name", name);
        json.WriteString("parameter_type", "range");
        json.WriteStartObject("parameter_values");
        json.WriteNumber("start", 0);
        json.WriteNumber("end", int.MaxValue);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
