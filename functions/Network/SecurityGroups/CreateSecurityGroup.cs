using Pipeline.Data;
using Pipeline.Network.Quotas;
using Pipeline.Network.Wire;

namespace Pipeline.Network.SecurityGroups;

/// <summary>Makes a group with the rules that the cloud gives new ones. The name of the default group is taken.</summary>
internal sealed class CreateSecurityGroup(Creates creates, DefaultSecurityGroups defaults, SecurityGroupBook book)
{
    private const string Rule = "network:security-groups:create";

    [Function("network-create-security-group"), Policy(Rule, Require.ProjectMember), Answers(201)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "network/v2.0/security-groups")] HttpRequest request,
        Caller caller,
        RequestId requestId
    ) =>
        creates.RunAsync(
            request,
            caller,
            SecurityGroupView.All,
            item => Read(item, caller),
            async (tx, orders) =>
            {
                foreach (var project in orders.Select(o => o.ProjectId).Distinct())
                    await defaults.EnsureAsync(tx, project);
                await tx.ClaimAsync(orders.Select(o => o.ProjectId), Quota.SecurityGroup);
                var added = new List<SecurityGroupItem>();
                foreach (var order in orders)
                {
                    var group = await book.AddAsync(tx, order);
                    await tx.AuditAsync(caller.Audit(requestId, Rule, $"security-group/{group.Id}"));
                    added.Add(await tx.GroupItemAsync(group.Id, caller.Viewer()));
                }
                return added;
            }
        );

    private static SecurityGroupRow Read(Fields item, Caller caller)
    {
        var name = item.Text("name");
        CheckName(name);
        return new()
        {
            ProjectId = item.ProjectOf(caller),
            Name = name,
            Description = item.Text("description"),
            Stateful = item.Flag("stateful", true),
        };
    }

    public static void CheckName(string name)
    {
        if (name.Equals(SecurityGroupRow.DefaultName, StringComparison.OrdinalIgnoreCase))
            throw Fault.Conflict("Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
    }
}
