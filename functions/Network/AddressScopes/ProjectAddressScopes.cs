using Pipeline.Data;

namespace Pipeline.Network.AddressScopes;

/// <summary>A project's address scopes, for its emptying; one that has other projects' pools is in their way.</summary>
internal sealed class ProjectAddressScopes : IProjectHoldings
{
    private const string Own = "FROM address_scopes WHERE project_id = @project";

    public string Kind => "address-scope";

    public PurgeStage Stage => PurgeStage.Networks;

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
        if (!AddressScopeId.TryParse(id, out var known) || await tx.FindScopeAsync(known) is not { } found)
            return Removing.Already;
        try
        {
            await tx.RemoveScopeAsync(found.Id);
            return Removing.Now;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Conflict or FaultCode.BadRequest)
        {
            return Removing.Blocked(fault.Message);
        }
    }
}
