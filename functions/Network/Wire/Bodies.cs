using System.Text.Json;

namespace Pipeline.Network.Wire;

/// <summary>Bodies of creates and updates, checked against the collection's table before anything reads them.</summary>
internal static class Bodies
{
    private const string ForeignProject =
        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or "
        + "advsvc privileges";

    /// <summary>The items of `{"network": {…}}` or, in bulk, of `{"networks": [{…}]}`.</summary>
    public static (IReadOnlyList<Fields> Items, bool Bulk) Created<T>(
        this Fields body,
        Collection<T> collection,
        Caller caller
    )
    {
        var bulk = body.Nullable(collection.Many) is not null;
        var items = bulk
            ? body[collection.Many].Array().Select(item => item.Object()).ToList()
            : [body.Only(collection)];
        if (items.Count == 0)
            throw Fault.BadRequest("Resources required");
        foreach (var item in items)
            Check(item, collection, caller, Use.Create);
        return (items, bulk);
    }

    public static Fields Updated<T>(this Fields body, Collection<T> collection, Caller caller)
    {
        var item = body.Only(collection);
        Check(item, collection, caller, Use.Update);
        return item;
    }

    /// <summary>Whose the new item is: the caller's project, or another one where an admin says so.</summary>
    public static ProjectId ProjectOf(this Fields item, Caller caller)
    {
        var project = item.Nullable("project_id")?.Id<ProjectId>();
        var tenant = item.Nullable("tenant_id")?.Id<ProjectId>();
        if (project is not null && tenant is not null && project != tenant)
            throw Fault.BadRequest("'project_id' and 'tenant_id' do not match");
        var owner = project ?? tenant ?? caller.Project;
        return caller.IsAdmin || owner == caller.Project ? owner : throw Fault.BadRequest(ForeignProject);
    }

    /// <summary>An attribute that must be there, refused in Neutron's words.</summary>
    public static Field Required(this Fields item, string name) =>
        item.Optional(name)
        ?? throw Fault.BadRequest($"Failed to parse request. Required attribute '{name}' not specified");

    public static string Text(this Fields item, string name, string absent = "") =>
        item.Optional(name)?.String(0, 255) ?? absent;

    public static bool Flag(this Fields item, string name, bool absent) =>
        item.Optional(name)?.Bool(text: true) ?? absent;

    private static Fields Only<T>(this Fields body, Collection<T> collection) =>
        body.Nullable(collection.One)?.Object()
        ?? throw Fault.BadRequest($"Unable to find '{collection.One}' in request body");

    private static void Check<T>(Fields item, Collection<T> collection, Caller caller, Use use)
    {
        var unknown = item.Entries().Where(e => collection.Find(e.Name) is null).Select(e => $"'{e.Name}'").ToList();
        if (unknown.Count > 0)
            throw Fault.BadRequest($"Unrecognized attribute(s) {string.Join(", ", unknown)}");
        if (use == Use.Update && item.ProjectOf(caller) is var _ && (item.Has("project_id") || item.Has("tenant_id")))
            throw ReadOnly(item.Has("tenant_id") ? "tenant_id" : "project_id", use);
        foreach (var (name, value) in item.Entries())
        {
            var attribute = collection.Find(name)!;
            if (!attribute.Allows(use))
                throw ReadOnly(name, use);
            var chosen = use == Use.Update || !IsDefault(value);
            if (chosen && attribute.Allows(Use.AdminSets) && !caller.IsAdmin)
                throw NeutronFault.Forbidden($"{(use == Use.Create ? "create" : "update")}_{collection.One}", name);
        }
    }

    /// <summary>Clients may spell out in a create what they would get anyway.</summary>
    private static bool IsDefault(Field value) =>
        value.Json.ValueKind is JsonValueKind.False or JsonValueKind.Null
        || value.Json.ValueKind == JsonValueKind.String && value.Json.ValueEquals("");

    private static Fault ReadOnly(string name, Use use) =>
        Fault.BadRequest(
            use == Use.Create ? $"Attribute '{name}' not allowed in POST" : $"Cannot update read-only attribute {name}"
        );
}
