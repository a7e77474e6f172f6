using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>Somebody with a project of their own, and what they have been told they have.</summary>
internal sealed class Tenant(CloudUser user, string network)
{
    private readonly List<Thing> things = [];

    public CloudUser User => user;

    /// <summary>Stays for the whole life of the world.</summary>
    public string Network => network;

    public IReadOnlyList<Thing> Things => things;

    public Thing? Pick(ThingKind kind, int which)
    {
        var some = things.FindAll(t => t.Kind == kind && !t.DeleteAsked);
        return some.Count == 0 ? null : some[which % some.Count];
    }

    /// <summary>Also one that is on its way out, or gone: tenants ask for those, too.</summary>
    public Thing? PickAny(ThingKind kind, int which)
    {
        var some = things.FindAll(t => t.Kind == kind);
        return some.Count == 0 ? null : some[which % some.Count];
    }

    public string PickNetwork(int which) =>
        which % 3 == 0 && Pick(ThingKind.Network, which) is { } own ? own.Id : network;

    /// <summary>The tenant leaves: nothing is wanted any more, known or not.</summary>
    public void AskForAll()
    {
        foreach (var thing in things)
            thing.DeleteAsked = true;
    }

    public Thing Add(ThingKind kind, string id)
    {
        if (things.Find(t => t.Kind == kind && t.Id == id) is { } known)
            return known;
        var thing = new Thing(kind, id, this);
        things.Add(thing);
        return thing;
    }
}
