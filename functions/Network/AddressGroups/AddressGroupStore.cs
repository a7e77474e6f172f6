using Pipeline.Data;
using Pipeline.Network.Rbac;
using Pipeline.Network.Wire;

namespace Pipeline.Network.AddressGroups;

/// <summary>All SQL of address groups.</summary>
internal static class AddressGroupStore
{
    private const string Columns = "id, project_id, name, description, revision_number, created_at, updated_at";

    /// <summary>A project sees its own groups, and those that are shared with it.</summary>
    public static readonly ListSource Listed = new(
        Columns,
        "address_groups",
        $"""
        x.id IN (SELECT id FROM address_groups WHERE project_id = @viewer
            UNION {RbacStore.VisibleIds(AddressGroupRow.Type)})
        """,
        NeutronFault.AddressGroupNotFound
    );

    /// <exception cref="Fault">NotFound when the caller does not see it.</exception>
    public static async ValueTask<AddressGroupRow> GetAddressGroupAsync(this Tx tx, Caller caller, string id) =>
        AddressGroupId.TryParse(id, out var group)
        && await tx.FindAddressGroupAsync(group) is { } row
        && (row.IsOwnedBy(caller) || await tx.IsSeenAsync(caller.Project, id))
            ? row
            : throw NeutronFault.AddressGroupNotFound(id);

    /// <summary>A group that the caller may change, taken for this transaction.</summary>
    /// <exception cref="Fault">NotFound when the caller does not see it, Forbidden when it is only shared with it.</exception>
    public static async ValueTask<AddressGroupRow> LockOwnAddressGroupAsync(
        this Tx tx,
        Caller caller,
        string id,
        string rule
    )
    {
        var group = await tx.GetAddressGroupAsync(caller, id);
        if (!group.IsOwnedBy(caller))
            throw NeutronFault.Forbidden(rule);
        return await tx.LockAddressGroupAsync(group.Id) ?? throw NeutronFault.AddressGroupNotFound(id);
    }

    public static ValueTask<AddressGroupRow?> FindAddressGroupAsync(this Tx tx, AddressGroupId id) =>
        tx.FindAsync<AddressGroupRow>($"SELECT {Columns} FROM address_groups WHERE id = @id", new { id });

    /// <summary>Takes the row for this transaction: a rule that names it and its removal come one after the other.</summary>
    public static ValueTask<AddressGroupRow?> LockAddressGroupAsync(this Tx tx, AddressGroupId id) =>
        tx.FindAsync<AddressGroupRow>(
            $"UPDATE address_groups SET name = name WHERE id = @id RETURNING {Columns}",
            new { id }
        );

    public static async ValueTask AddAddressGroupAsync(this Tx tx, AddressGroupRow row) =>
        await tx.ExecuteAsync(
            $"INSERT INTO address_groups ({Columns}) VALUES (@Id, @ProjectId, @Name, @Description, 0, @now, @now)",
            row
        );

    public static async ValueTask UpdateAddressGroupAsync(this Tx tx, AddressGroupRow row) =>
        await tx.ExecuteAsync(
            """
            UPDATE address_groups SET name = @Name, description = @Description, revision_number = revision_number + 1,
                updated_at = @now
            WHERE id = @Id
            """,
            row
        );

    public static async ValueTask DeleteAddressGroupAsync(this Tx tx, AddressGroupId id)
    {
        await tx.ExecuteAsync("DELETE FROM address_group_addresses WHERE address_group_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM address_groups WHERE id = @id", new { id });
    }

    /// <returns>False when the group has the address already.</returns>
    public static async ValueTask<bool> AddAddressAsync(this Tx tx, AddressGroupId group, string address) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO address_group_addresses (address_group_id, address) VALUES (@group, @address)
            ON CONFLICT (address_group_id, address) DO NOTHING
            """,
            new { group, address }
        ) == 1;

    /// <returns>False when the group does not have the address.</returns>
    public static async ValueTask<bool> RemoveAddressAsync(this Tx tx, AddressGroupId group, string address) =>
        await tx.ExecuteAsync(
            "DELETE FROM address_group_addresses WHERE address_group_id = @group AND address = @address",
            new { group, address }
        ) == 1;

    /// <summary>The addresses of groups, in the order of their text.</summary>
    public static async ValueTask<ILookup<AddressGroupId, string>> ListAddressesAsync(
        this Tx tx,
        IEnumerable<string> groups
    ) =>
        (
            await tx.InChunksAsync<AddressOfGroup>(
                """
                SELECT address_group_id, address FROM address_group_addresses
                WHERE address_group_id IN @ids ORDER BY address_group_id, address
                """,
                groups
            )
        ).ToLookup(a => a.AddressGroupId, a => a.Address);

    /// <summary>The security groups that have a rule which names the address group.</summary>
    public static ValueTask<IReadOnlyList<SecurityGroupId>> ListGroupsNamingAsync(this Tx tx, AddressGroupId id) =>
        tx.ListAsync<SecurityGroupId>(
            """
            SELECT DISTINCT security_group_id FROM security_group_rules
            WHERE remote_address_group_id = @id ORDER BY security_group_id
            """,
            new { id }
        );

    public static async ValueTask<IReadOnlyList<AddressGroupItem>> ItemsAsync(
        this Tx tx,
        IReadOnlyList<AddressGroupRow> rows,
        ProjectId? viewer
    )
    {
        var ids = rows.Select(r => r.Id.ToString()).ToList();
        var shared = await tx.SharedAsync(ids, viewer);
        var addresses = await tx.ListAddressesAsync(ids);
        return [.. rows.Select(r => new AddressGroupItem(r, [.. addresses[r.Id]], shared.Contains(r.Id.ToString())))];
    }

    public static async ValueTask<AddressGroupItem> AddressGroupItemAsync(
        this Tx tx,
        AddressGroupId id,
        ProjectId? viewer
    )
    {
        var row = await tx.FindAddressGroupAsync(id) ?? throw NeutronFault.AddressGroupNotFound(id);
        return (await tx.ItemsAsync([row], viewer))[0];
    }
}
