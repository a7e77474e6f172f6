using Pipeline.Contracts;
using Pipeline.Contracts.Identity;

namespace Pipeline.Data;

/// <summary>One kind of thing that projects own, where each is a row of one table.</summary>
/// <param name="where">Which of a project's rows are such things; empty for all.</param>
/// <param name="name">The SQL of what one is shown by.</param>
public abstract class HeldRows(string kind, PurgeStage stage, string table, string where = "", string name = "name")
    : IProjectHoldings
{
    private readonly string own = $"FROM {table} WHERE project_id = @project{(where.Length > 0 ? " AND " : "")}{where}";

    public string Kind => kind;

    public PurgeStage Stage => stage;

    public ValueTask<long> CountAsync(Tx tx, ProjectId project) =>
        tx.ScalarAsync<long>($"SELECT COUNT(*) {own}", new { project });

    public ValueTask<IReadOnlyList<HeldThing>> ListAsync(Tx tx, ProjectId project, string after, int limit) =>
        tx.ListAsync<HeldThing>(
            $"SELECT id, {name} AS name {own} AND id > @after ORDER BY id LIMIT @limit",
            new
            {
                project,
                after,
                limit,
            }
        );

    public async ValueTask<Removing> RemoveAsync(Tx tx, string id, PurgeCause cause)
    {
        try
        {
            return await TryRemoveAsync(tx, id, cause) ? Removing.Now : Removing.Already;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Conflict or FaultCode.BadRequest)
        {
            return Removing.Blocked(fault.Message);
        }
    }

    /// <returns>False when it is not there, or is being removed, or cannot be now.</returns>
    /// <exception cref="Fault">Conflict, or BadRequest where the original's API says that: something stands in the way.</exception>
    protected abstract ValueTask<bool> TryRemoveAsync(Tx tx, string id, PurgeCause cause);
}
