using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>
/// Wakes those who follow an instance or a resource when it moves. Functions hosts tell each other what is followed, so that
/// nobody is told of what nobody follows. All of it is hints: a follower also looks by itself.
/// </summary>
internal sealed class Followers(Database db, TimeProvider time)
{
    /// <summary>For so long one word of another functions host counts; it is repeated while the stream lasts.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(20);
    private const int MostElsewhere = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Action>> here = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> elsewhere = new(StringComparer.Ordinal);
    private volatile bool isFollowed;

    /// <param name="key">An instance's id or a resource's name; no id has the slash that each resource has.</param>
    /// <param name="wake">Called after commits, perhaps more often than there is news; it only takes note.</param>
    public IDisposable Follow(string key, Action wake)
    {
        lock (gate)
        {
            if (!here.TryGetValue(key, out var all))
                here.Add(key, all = []);
            all.Add(wake);
            isFollowed = true;
        }
        return new Following(this, key, wake);
    }

    /// <summary>Tells the other functions hosts, where there may be some, that somebody here follows.</summary>
    public void Announce(string key, string? owner)
    {
        if (owner is not "")
            db.Notify(Hints.Follow(owner, key));
    }

    public void Moved(string instance, string? resource)
    {
        if (!isFollowed)
            return;
        Moved(instance);
        if (resource is not null)
            Moved(resource);
    }

    /// <param name="hint">"" after a silence: anything may have moved.</param>
    public void Heard(string hint, string? owner)
    {
        if (hint.Length == 0)
            WakeAll();
        else if (Hints.MovedOf(hint) is { } moved)
            Wake(moved);
        else if (Hints.FollowOf(hint, owner) is { } followed)
            Remember(followed);
    }

    private void Moved(string key)
    {
        Wake(key);
        bool told;
        lock (gate)
            told = elsewhere.TryGetValue(key, out var until) && until > time.GetUtcNow();
        if (told)
            db.Notify(Hints.Moved(key));
    }

    private void Remember(string key)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (elsewhere.Count >= MostElsewhere)
                foreach (var (old, _) in elsewhere.Where(e => e.Value <= now).ToList())
                    elsewhere.Remove(old);
            if (elsewhere.Count < MostElsewhere)
                elsewhere[key] = now + Remembered;
            isFollowed = true;
        }
    }

    private void Wake(string key)
    {
        lock (gate)
            if (here.TryGetValue(key, out var all))
                all.ForEach(wake => wake());
    }

    private void WakeAll()
    {
        lock (gate)
            foreach (var wake in here.Values.SelectMany(all => all))
                wake();
    }

    private void End(string key, Action wake)
    {
        lock (gate)
        {
            if (!here.TryGetValue(key, out var all))
                return;
            all.Remove(wake);
            if (all.Count == 0)
                here.Remove(key);
            isFollowed = here.Count > 0 || elsewhere.Count > 0;
        }
    }

    private sealed class Following(Followers followers, string key, Action wake) : IDisposable
    {
        public void Dispose() => followers.End(key, wake);
    }
}
