using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.SecurityGroups;

/// <summary>Adds and deletes rules of what comes in, for clients that still do so here.</summary>
internal sealed class ChangeSecurityGroupRules(Database db, ISecurityGroupClaims groups)
{
    private const string Route = "compute/v2.1/os-security-group-rules";
    private const string CreateRule = "os_compute_api:os-security-groups:rule:create";
    private const string DeleteRule = "os_compute_api:os-security-groups:rule:delete";

    [Function("compute-create-security-group-rule"), Policy(CreateRule, Require.ProjectMember)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var order = Read((await request.ReadFieldsAsync(ct)).Object("security_group_rule"));
        var rule = await ProxyFaults.RunAsync(() =>
            db.WriteAsync(async tx =>
            {
                var added = await groups.AddRuleAsync(tx, caller.Project, order);
                await tx.AuditAsync(caller.Audit(requestId, CreateRule, $"security-group-rule/{added.Id}"));
                return added;
            })
        );
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("security_group_rule");
                SecurityGroupView.Write(w, caller.Project, rule);
                w.WriteEndObject();
            }
        );
    }

    [Function("compute-delete-security-group-rule"), Policy(DeleteRule, Require.ProjectMember), Answers(202)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route + "/{id}")] HttpRequest request,
        string id,
        Caller caller,
        RequestId requestId
    )
    {
        if (!Guid.TryParse(id, out var rule))
            throw Fault.BadRequest("Security group rule id should be a UUID");
        await db.WriteAsync(async tx =>
        {
            await groups.RemoveRuleAsync(tx, caller.Project, rule);
            await tx.AuditAsync(caller.Audit(requestId, DeleteRule, $"security-group-rule/{id}"));
        });
        return Answer.Empty(202);
    }

    /// <summary>-1 is any port here; a rule by group may leave protocol and ports out.</summary>
    private static NewIngress Read(Fields order)
    {
        var remote = order.Nullable("group_id")?.String() is { Length: > 0 } id
            ? ProxyFaults.Group(id)
            : (SecurityGroupId?)null;
        var protocol = order.Nullable("ip_protocol")?.String().ToLowerInvariant();
        if (protocol is not (null or "tcp" or "udp" or "icmp"))
            throw order["ip_protocol"].Wrong("must be one of tcp, udp, icmp");
        if (protocol is null && remote is null)
            throw order["ip_protocol"].Wrong("must be one of tcp, udp, icmp");
        var (from, to) = (PortOf(order, "from_port"), PortOf(order, "to_port"));
        if (protocol is "tcp" or "udp" && remote is null && (from is null || to is null))
            throw Fault.BadRequest($"Invalid port range {from}:{to}. Valid TCP ports should be between 1-65535");
        var prefix = order.Nullable("cidr")?.String() is { Length: > 0 } cidr and not "0.0.0.0/0" ? cidr : null;
        return new(
            ProxyFaults.Group(order.String("parent_group_id", 1)),
            protocol,
            from,
            to,
            remote,
            remote is null ? prefix : null
        );
    }

    private static int? PortOf(Fields order, string name) =>
        order.Nullable(name)?.Int(-1, 65_535, text: true) is { } port and not -1 ? port : null;
}
