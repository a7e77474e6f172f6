using Pipeline.Compute.Servers;
using Pipeline.Compute.Servers.Actions;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.SecurityGroups;

/// <summary>Puts a server's ports into a group of its project; its host is told in the same transaction.</summary>
internal sealed class AddSecurityGroupAction(Database db, INetworks networks, ISecurityGroupClaims groups)
    : IServerAction
{
    private const string Rule = "os_compute_api:os-security-groups:add";

    public string Key => "addSecurityGroup";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var name = argument.Object().String("name", 1);
        await db.WriteAsync(async tx =>
        {
            await groups.AddToServerAsync(tx, id, await ServerGroup.FindAsync(tx, networks, id, name, caller));
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.Empty(202);
    }
}

/// <summary>Takes a server's ports out of a group.</summary>
internal sealed class RemoveSecurityGroupAction(Database db, INetworks networks, ISecurityGroupClaims groups)
    : IServerAction
{
    private const string Rule = "os_compute_api:os-security-groups:remove";

    public string Key => "removeSecurityGroup";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var name = argument.Object().String("name", 1);
        await db.WriteAsync(async tx =>
        {
            await groups.RemoveFromServerAsync(tx, id, await ServerGroup.FindAsync(tx, networks, id, name, caller));
            await tx.AuditAsync(caller.Audit(requestId, Rule, Server.ResourceOf(id)));
        });
        return Answer.Empty(202);
    }
}

internal static class ServerGroup
{
    /// <exception cref="Fault">NotFound for a server that the caller does not see, and for a group that the server's project has not.</exception>
    public static async ValueTask<SecurityGroupId> FindAsync(
        Tx tx,
        INetworks networks,
        ServerId id,
        string nameOrId,
        Caller caller
    )
    {
        var server = await ServerOperations.FindAsync(tx, id, caller);
        return await networks.FindSecurityGroupAsync(tx, server.ProjectId, nameOrId)
            ?? throw Fault.NotFound($"Security group {nameOrId} not found for project {server.ProjectId}.");
    }
}
