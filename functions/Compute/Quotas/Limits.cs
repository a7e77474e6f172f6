using Pipeline.Data;

namespace Pipeline.Compute.Quotas;

/// <summary>`limits`: what the project may have and has, in the names of 2.1.</summary>
internal sealed class Limits(Database db)
{
    [Function("compute-limits"), Policy("os_compute_api:limits", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "compute/v2.1/limits")] HttpRequest request,
        Caller caller
    )
    {
        var wanted = Query.Of(request)["tenant_id"];
        var project = wanted is null ? caller.Project : new ProjectId(wanted);
        if (project != caller.ProjectId && !caller.IsAdmin)
            throw Fault.Forbidden("Policy doesn't allow os_compute_api:limits:other_project to be performed.");
        var set = await db.ReadAsync(tx => QuotaSet.ReadAsync(tx, project));
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("limits");
                w.WriteStartArray("rate");
                w.WriteEndArray();
                w.WriteStartObject("absolute");
                foreach (var (name, quota) in Maxima)
                    w.WriteNumber(name, set.LimitOf(quota));
                w.WriteNumber("totalInstancesUsed", set.UsedOf(ComputeQuota.Instances));
                w.WriteNumber("totalCoresUsed", set.UsedOf(ComputeQuota.Cores));
                w.WriteNumber("totalRAMUsed", set.UsedOf(ComputeQuota.Ram));
                w.WriteNumber("totalServerGroupsUsed", 0);
                w.WriteNumber("totalFloatingIpsUsed", 0);
                w.WriteNumber("totalSecurityGroupsUsed", 0);
                w.WriteEndObject();
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    private static readonly IReadOnlyList<(string Name, string Quota)> Maxima =
    [
        ("maxTotalInstances", ComputeQuota.Instances),
        ("maxTotalCores", ComputeQuota.Cores),
        ("maxTotalRAMSize", ComputeQuota.Ram),
        ("maxServerMeta", ComputeQuota.MetadataItems),
        ("maxImageMeta", ComputeQuota.MetadataItems),
        ("maxPersonality", "injected_files"),
        ("maxPersonalitySize", "injected_file_content_bytes"),
        ("maxTotalKeypairs", ComputeQuota.KeyPairs),
        ("maxServerGroups", "server_groups"),
        ("maxServerGroupMembers", "server_group_members"),
        ("maxTotalFloatingIps", "floating_ips"),
        ("maxSecurityGroups", "security_groups"),
        ("maxSecurityGroupRules", "security_group_rules"),
    ];
}
