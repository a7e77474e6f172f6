namespace Pipeline.Identity.Catalog;

/// <summary>This cloud's own entries follow what it serves: they are there because it works, and are edited by nobody.</summary>
internal static class OwnCatalog
{
    public static Fault Untouchable(string kind, string id) =>
        Fault.Forbidden($"The {kind} {id} is this cloud's own: it is in the catalogue for as long as it is served.");
}
