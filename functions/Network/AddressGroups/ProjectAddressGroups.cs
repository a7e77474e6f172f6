using Pipeline.Data;

namespace Pipeline.Network.AddressGroups;

/// <summary>A project's address groups, for its emptying; one that other projects' rules name is in their way.</summary>
internal sealed class ProjectAddressGroups : IProjectHoldings
{
    private const string Own = "FROM address_groups WHERE project_id = @project";

    public string Kind => "address-group";

    public PurgeStage Stage => PurgeStage.Subnets;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>($"SELECT COUNT(*) {Own}", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            $"SELECT id, name {Own} AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        if (!AddressGroupId.TryParse(id, out var known) || await tx.FindAddressGroupAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await tx.RemoveAddressGroupAsync(found.Id);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Conflict or FaultCode.BadRequest)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
