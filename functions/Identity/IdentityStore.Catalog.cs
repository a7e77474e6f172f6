using Pipeline.Data;
using Pipeline.Identity.Catalog;
using Endpoint = Pipeline.Identity.Catalog.Endpoint;

namespace Pipeline.Identity;

internal sealed partial class IdentityStore
{
    private const string RegionColumns = "id, parent_id, description, extra";
    private const string ServiceColumns = "id, type, name, description, enabled, extra";
    private const string EndpointColumns = "id, service_id, interface, region_id, url, enabled, extra";

    /// <summary>What operators added.</summary>
    public async ValueTask<CatalogRows> CatalogAsync(Tx tx) =>
        new(
            await tx.ListAsync<Region>($"SELECT {RegionColumns} FROM regions ORDER BY created_at, id"),
            await tx.ListAsync<Service>($"SELECT {ServiceColumns} FROM services ORDER BY created_at, id"),
            await tx.ListAsync<Endpoint>($"SELECT {EndpointColumns} FROM endpoints ORDER BY created_at, id")
        );

    /// <summary>Who changes the catalogue, and who deletes what it names, go one after the other.</summary>
    public ValueTask LockCatalogAsync(Tx tx) => tx.LockAsync("identity/catalog");

    public ValueTask<Region?> FindRegionAsync(Tx tx, string id) =>
        tx.FindAsync<Region>($"SELECT {RegionColumns} FROM regions WHERE id = @id", new { id });

    public ValueTask<Service?> FindServiceAsync(Tx tx, string id) =>
        tx.FindAsync<Service>($"SELECT {ServiceColumns} FROM services WHERE id = @id", new { id });

    public ValueTask<Endpoint?> FindEndpointAsync(Tx tx, string id) =>
        tx.FindAsync<Endpoint>($"SELECT {EndpointColumns} FROM endpoints WHERE id = @id", new { id });

    public ValueTask<int> PutRegionAsync(Tx tx, Region region) =>
        tx.ExecuteAsync(
            """
            INSERT INTO regions (id, parent_id, description, extra, created_at)
            VALUES (@Id, @ParentId, @Description, @Extra, @now)
            ON CONFLICT (id) DO UPDATE
            SET parent_id = excluded.parent_id, description = excluded.description, extra = excluded.extra
            """,
            region
        );

    public ValueTask<int> PutServiceAsync(Tx tx, Service service) =>
        tx.ExecuteAsync(
            """
            INSERT INTO services (id, type, name, description, enabled, extra, created_at)
            VALUES (@Id, @Type, @Name, @Description, @Enabled, @Extra, @now)
            ON CONFLICT (id) DO UPDATE SET type = excluded.type, name = excluded.name,
                description = excluded.description, enabled = excluded.enabled, extra = excluded.extra
            """,
            service
        );

    public ValueTask<int> PutEndpointAsync(Tx tx, Endpoint endpoint) =>
        tx.ExecuteAsync(
            """
            INSERT INTO endpoints (id, service_id, interface, region_id, url, enabled, extra, created_at)
            VALUES (@Id, @ServiceId, @Interface, @RegionId, @Url, @Enabled, @Extra, @now)
            ON CONFLICT (id) DO UPDATE SET service_id = excluded.service_id, interface = excluded.interface,
                region_id = excluded.region_id, url = excluded.url, enabled = excluded.enabled, extra = excluded.extra
            """,
            endpoint
        );

    public ValueTask<int> DeleteRegionAsync(Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM regions WHERE id = @id", new { id });

    public async ValueTask DeleteServiceAsync(Tx tx, string id)
    {
        await tx.ExecuteAsync("DELETE FROM endpoints WHERE service_id = @id", new { id });
        await tx.ExecuteAsync("DELETE FROM services WHERE id = @id", new { id });
    }

    public ValueTask<int> DeleteEndpointAsync(Tx tx, string id) =>
        tx.ExecuteAsync("DELETE FROM endpoints WHERE id = @id", new { id });
}
