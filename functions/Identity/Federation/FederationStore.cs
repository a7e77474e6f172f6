using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Identity.Federation;

internal sealed record IdentityProvider
{
    public string Id { get; init; } = "";
    public DomainId DomainId { get; init; }
    public string? Description { get; init; }
    public bool Enabled { get; init; }

    /// <summary>JSON, an array: the issuers whose tokens are this provider's.</summary>
    public string RemoteIds { get; init; } = "[]";

    /// <summary>Only kept: what a mapping gives is given anew by each login.</summary>
    public long? AuthorizationTtl { get; init; }

    public string[] Remotes() => JsonSerializer.Deserialize(RemoteIds, IdentityJson.Default.StringArray)!;
}

internal sealed record Protocol
{
    public string ProviderId { get; init; } = "";
    public string Id { get; init; } = "";
    public string MappingId { get; init; } = "";
}

/// <summary>Identity providers, their protocols, mappings, and the users that stand for somebody elsewhere.</summary>
internal sealed class FederationStore
{
    private const string ProviderColumns = "id, domain_id, description, enabled, remote_ids, authorization_ttl";

    public ValueTask<IReadOnlyList<IdentityProvider>> ProvidersAsync(Tx tx) =>
        tx.ListAsync<IdentityProvider>($"SELECT {ProviderColumns} FROM identity_providers ORDER BY id");

    public ValueTask<IdentityProvider?> FindProviderAsync(Tx tx, string id) =>
        tx.FindAsync<IdentityProvider>($"SELECT {ProviderColumns} FROM identity_providers WHERE id = @id", new { id });

    /// <summary>False when there is one of that id.</summary>
    public async ValueTask<bool> TryAddProviderAsync(Tx tx, IdentityProvider provider) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO identity_providers
                (id, domain_id, description, enabled, remote_ids, authorization_ttl, created_at)
            VALUES (@Id, @DomainId, @Description, @Enabled, @RemoteIds, @AuthorizationTtl, @now)
            ON CONFLICT DO NOTHING
            """,
            provider
        ) == 1;

    public ValueTask<int> UpdateProviderAsync(Tx tx, IdentityProvider provider) =>
        tx.ExecuteAsync(
            """
            UPDATE identity_providers SET description = @Description, enabled = @Enabled, remote_ids = @RemoteIds,
                authorization_ttl = @AuthorizationTtl
            WHERE id = @Id
            """,
            provider
        );

    public async ValueTask DeleteProviderAsync(Tx tx, string id)
    {
        await tx.ExecuteAsync("DELETE FROM federation_protocols WHERE provider_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM federated_users WHERE provider_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM identity_providers WHERE id = @id", new { id });
    }

    public ValueTask<IReadOnlyList<Protocol>> ProtocolsAsync(Tx tx, string provider) =>
        tx.ListAsync<Protocol>(
            "SELECT provider_id, id, mapping_id FROM federation_protocols WHERE provider_id = @provider ORDER BY id",
            new { provider }
        );

    public ValueTask<Protocol?> FindProtocolAsync(Tx tx, string provider, string id) =>
        tx.FindAsync<Protocol>(
            "SELECT provider_id, id, mapping_id FROM federation_protocols WHERE provider_id = @provider AND id = @id",
            new { provider, id }
        );

    /// <inheritdoc cref="TryAddProviderAsync"/>
    public async ValueTask<bool> TryAddProtocolAsync(Tx tx, Protocol protocol) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO federation_protocols (provider_id, id, mapping_id, created_at)
            VALUES (@ProviderId, @Id, @MappingId, @now) ON CONFLICT DO NOTHING
            """,
            protocol
        ) == 1;

    public ValueTask<int> UpdateProtocolAsync(Tx tx, Protocol protocol) =>
        tx.ExecuteAsync(
            "UPDATE federation_protocols SET mapping_id = @MappingId WHERE provider_id = @ProviderId AND id = @Id",
            protocol
        );

    public ValueTask<int> DeleteProtocolAsync(Tx tx, string provider, string id) =>
        tx.ExecuteAsync(
            "DELETE FROM federation_protocols WHERE provider_id = @provider AND id = @id",
            new { provider, id }
        );

    public ValueTask<IReadOnlyList<Mapping>> MappingsAsync(Tx tx) =>
        tx.ListAsync<Mapping>("SELECT id, rules, schema_version FROM mappings ORDER BY id");

    public ValueTask<Mapping?> FindMappingAsync(Tx tx, string id) =>
        tx.FindAsync<Mapping>("SELECT id, rules, schema_version FROM mappings WHERE id = @id", new { id });

    /// <inheritdoc cref="TryAddProviderAsync"/>
    public async ValueTask<bool> TryAddMappingAsync(Tx tx, Mapping mapping) =>
        await tx.ExecuteAsync(
            """
            INSERT INTO mappings (id, rules, schema_version, created_at) VALUES (@Id, @Rules, @SchemaVersion, @now)
            ON CONFLICT DO NOTHING
            """,
            mapping
        ) == 1;

    public ValueTask<int> UpdateMappingAsync(Tx tx, Mapping mapping) =>
        tx.ExecuteAsync("UPDATE mappings SET rules = @Rules, schema_version = @SchemaVersion WHERE id = @Id", mapping);

    public ValueTask<int> DeleteMappingAsync(Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM mappings WHERE id = @id", new { id });

    public ValueTask<string?> UserOfAsync(Tx tx, string provider, string uniqueId) =>
        tx.ScalarAsync<string>(
            "SELECT user_id FROM federated_users WHERE provider_id = @provider AND unique_id = @uniqueId",
            new { provider, uniqueId }
        );

    public ValueTask<IReadOnlyList<UserId>> UsersOfAsync(Tx tx, string provider) =>
        tx.ListAsync<UserId>("SELECT user_id FROM federated_users WHERE provider_id = @provider", new { provider });

    public ValueTask<int> AddUserAsync(Tx tx, string provider, string uniqueId, UserId user) =>
        tx.ExecuteAsync(
            "INSERT INTO federated_users (provider_id, unique_id, user_id) VALUES (@provider, @uniqueId, @user)",
            new
            {
                provider,
                uniqueId,
                user,
            }
        );

    public ValueTask<IReadOnlyList<GroupId>> MappedGroupsAsync(Tx tx, UserId user) =>
        tx.ListAsync<GroupId>("SELECT group_id FROM mapped_memberships WHERE user_id = @user", new { user });

    public ValueTask<int> AddMappedAsync(Tx tx, UserId user, GroupId group) =>
        tx.ExecuteAsync(
            "INSERT INTO mapped_memberships (user_id, group_id) VALUES (@user, @group) ON CONFLICT DO NOTHING",
            new { user, group }
        );

    public ValueTask<int> DeleteMappedAsync(Tx tx, UserId user, GroupId group) =>
        tx.ExecuteAsync(
            "DELETE FROM mapped_memberships WHERE user_id = @user AND group_id = @group",
            new { user, group }
        );
}
