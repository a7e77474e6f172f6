using Pipeline.Network.Wire;

namespace Pipeline.Network.Qos;

/// <summary>The kinds of rules that hosts enforce.</summary>
internal sealed class ListQosRuleTypes
{
    [Function("network-list-qos-rule-types"), Policy("network:qos-rule-types:list", Require.ProjectReader)]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "network/v2.0/qos/rule-types")] HttpRequest request
    )
    {
        var query = Query.Of(request);
        var fits = !query.Has("type") || query.All("type").Contains(BandwidthLimitRow.Type);
        string[] types = fits ? [BandwidthLimitRow.Type] : [];
        return Document.Answer(json =>
            json.WriteObjects("rule_types", types, (j, type) => j.WriteString("type", type))
        );
    }
}
