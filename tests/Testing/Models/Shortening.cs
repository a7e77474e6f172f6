namespace Pipeline.Testing.Models;

/// <summary>Leaves out by halves and ever smaller parts what a failure does not need (delta debugging).</summary>
public static class Shortening
{
    /// <param name="stillFails">Tries a part; false ends nothing, it is only not kept.</param>
    /// <param name="mostRuns">After so many tries what has been found by then is good enough.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> all, Func<IReadOnlyList<T>, bool> stillFails, int mostRuns)
    {
        var best = all;
        for (var (parts, runs) = (2, 0); best.Count > 0; )
        {
            parts = Math.Min(parts, best.Count);
            var size = (best.Count + parts - 1) / parts;
            var found = false;
            for (var at = 0; at < best.Count && !found; at += size)
            {
                if (runs++ >= mostRuns)
                    return best;
                IReadOnlyList<T> rest = [.. best.Take(at), .. best.Skip(at + size)];
                if (found = stillFails(rest))
                    best = rest;
            }
            if (!found && parts >= best.Count)
                return best;
            parts = found ? Math.Max(2, parts - 1) : parts * 2;
        }
        return best;
    }
}
