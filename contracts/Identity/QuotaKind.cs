namespace Pipeline.Contracts.Identity;

/// <summary>
/// Something that a service of this cloud limits for each project. The service's module registers it as a singleton; a cloud then
/// has a registered limit of that name, which holds the default.
/// </summary>
/// <param name="Service">The service's type in the catalogue, as `compute`.</param>
/// <param name="Name">The name in unified limits, as `class:VCPU`.</param>
/// <param name="Resource">The name by which the service counts it, as `cores`.</param>
/// <param name="Default">What a cloud starts with; -1 is no limit.</param>
public sealed record QuotaKind(string Service, string Name, string Resource, long Default, string Description)
{
    public string ServiceId => CatalogEntry.ServiceIdOf(Service);

    /// <summary>The id of its registered limit.</summary>
    public string Id => CatalogEntry.IdOf($"registered-limit/{Service}/{Name}");
}
