namespace Pipeline.Services.Tests.Network.Qos;

/// <summary>Policies as the project's manager makes them.</summary>
internal static class QosWorld
{
    public static async Task<string> QosAsync(this NetworkWorld world, string attributes = "", string by = "manager")
    {
        var body = NetworkWorld.Item("policy", NetworkWorld.Pair("name", "slow"), attributes);
        return (await world.PostAsync("/qos/policies", body, by)).Id("policy");
    }

    public static Task<Seen> LimitAsync(
        this NetworkWorld world,
        string policy,
        string attributes,
        string by = "manager"
    ) => world.PostAsync(Limits(policy), NetworkWorld.Item("bandwidth_limit_rule", attributes), by);

    public static string Limits(string policy) => $"/qos/policies/{policy}/bandwidth_limit_rules";

    /// <summary>What names a policy in a network or port.</summary>
    public static string Named(string policy) => NetworkWorld.Pair("qos_policy_id", policy);
}
