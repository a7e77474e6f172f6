using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Looks every other second which guests' processes are there, each by its own pid file: a guest that powered itself off,
/// crashed or was killed shows in the same way.
/// </summary>
internal sealed class GuestWatch(GuestFolders folders, QemuOptions options, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<ServerId, byte> asked = new();
    private readonly GuestRevival revival = new(folders, time);

    /// <summary>Its end will be nobody's surprise.</summary>
    public void Expect(ServerId id) => asked[id] = 0;

    public void Started(ServerId id) => asked.TryRemove(id, out _);

    public async IAsyncEnumerable<ServerId> EndedAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (before, reviving, looked) = (Alive(), Task.CompletedTask, time.GetTimestamp());
        while (true)
        {
            await Task.Delay(Every, time, ct);
            // Beside the looks: one QEMU that does not answer shall not delay the news of others.
            if (reviving.IsCompleted && time.GetElapsedTime(looked) >= options.ReviveEvery)
                (reviving, looked) = (revival.TryAllAsync(options.Cloud, ct), time.GetTimestamp());
            var now = Alive();
            foreach (var id in before.Where(id => !now.Contains(id) && folders.Of(id).Exists && !asked.ContainsKey(id)))
                yield return id;
            before = now;
        }
    }

    private SortedSet<ServerId> Alive() =>
        new(
            folders.All().Where(GuestProcesses.NamedByFile).Select(folder => folder.Id),
            Comparer<ServerId>.Create((a, b) => a.Value.CompareTo(b.Value))
        );
}
