using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressScopes;

/// <summary>All SQL of address scopes.</summary>
internal static class AddressScopeStore
{
    private const string Columns = "id, project_id, name, ip_version";

    /// <summary>A project sees its own scopes, and those that are shared with it.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "address_scopes",
        $"""
        x.id IN (SELECT id FROM address_scopes WHERE project_id = @viewer
            UNION {RbacStore.VisibleIds(AddressScopeRow.Type)})
        """,
        NeutronFault.AddressScopeNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<AddressScopeRow> GetScopeAsync(this Tx tx, Caller caller, string id) =>
        AddressScopeId.TryParse(id, out var scope)
        && await tx.FindScopeAsync(scope) is { } row
        && (row.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, id))
            ? row
            : throw NeutronFault.AddressScopeNotFound(id);

    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<AddressScopeRow> GetOwnScopeAsync(this Tx tx, Caller caller, string id, string rule)
    {
        var scope = await tx.GetScopeAsync(caller, id);
        return scope.IsOwnedBy(caller) ? scope : throw NeutronFault.Forbidden(rule);
    }

    public static ValueTask<AddressScopeRow?> FindScopeAsync(this Tx tx, AddressScopeId id) =>
        tx.FindAsync<AddressScopeRow>($"SELECT {Columns} FROM address_scopes WHERE id = @id", new { id });

    /// <summary>Takes the row for this transaction: whose pools join it, or leave it, come before or after.</summary>
    public static ValueTask<AddressScopeRow?> LockScopeAsync(this Tx tx, AddressScopeId id) =>
        tx.FindAsync<AddressScopeRow>(
            $"UPDATE address_scopes SET name = name WHERE id = @id RETURNING {Columns}",
            new { id }
        );

    public static async ValueTask AddScopeAsync(this Tx tx, AddressScopeRow row) =>
        await tx.ExecuteAsync(
            $"INSERT INTO address_scopes ({Columns}) VALUES (@Id, @ProjectId, @Name, @IpVersion)",
            row
        );

    public static async ValueTask RenameScopeAsync(this Tx tx, AddressScopeId id, string name) =>
        await tx.ExecuteAsync("UPDATE address_scopes SET name = @name WHERE id = @id", new { id, name });

    public static async ValueTask DeleteScopeAsync(this Tx tx, AddressScopeId id) =>
        await tx.ExecuteAsync("DELETE FROM address_scopes WHERE id = @id", new { id });

    public static async ValueTask<IReadOnlyList<AddressScopeItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<AddressScopeRow> rows,
        ProjectId? viewer
    )
    {
        var shared = await tx.SharedAsync(rows.Select(r => r.Id.ToString()), viewer);
        return [.. rows.Select(r => new AddressScopeItem(r, shared.Contains(r.Id.ToString())))];
    }

    public static async ValueTask<AddressScopeItem> ScopeItemAsync(this Tx tx, AddressScopeId id, ProjectId? viewer)
    {
        var row = await tx.FindScopeAsync(id) ?? throw NeutronFault.AddressScopeNotFound(id);
        return (await tx.ItemsAsync([row], viewer))[0];
    }
}
