using System.Diagnostics;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>
/// The metal under the fake drivers. It outlives them, as a host outlives its agent. Operations on it may be begun beside
/// each other; who looks at it past them does so while none is under way.
/// </summary>
public sealed class FakeHost
{
    private readonly Lock gate = new();

    /// <summary>Awaited before an operation (its name, then the id it is about) takes effect: throw to fail it, wait to delay it.</summary>
    public Func<string, string, Task>? Before { get; set; }

    /// <summary>Awaited after an operation took effect: throw to lose its answer.</summary>
    public Func<string, string, Task>? After { get; set; }

    /// <summary>Told of each guest that ends by itself.</summary>
    internal Action<ServerId>? Ended { get; set; }

    /// <summary>Called after each effect, before anybody is told of it.</summary>
    internal Action? Changed { get; set; }

    public SortedDictionary<string, FakeGuest> Guests { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, FakeDisk> Disks { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, HostNetwork> Networks { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, HostPort> Ports { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of each network's guests.</summary>
    public SortedDictionary<string, IReadOnlyList<HostName>> Names { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, HostRouter> Routers { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, FakeVolume> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>What lies among its volumes and is none, by name.</summary>
    public SortedDictionary<string, FakeUnmanaged> Unmanaged { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of images by path; they are scratch, and not kept with the host.</summary>
    public SortedDictionary<string, FakeFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The guest powers itself off, or its machine is killed.</summary>
    public void EndGuest(ServerId id)
    {
        Guests[$"{id}"] = Guests[$"{id}"] with { State = GuestState.Off, Mirrors = [] };
        Ended?.Invoke(id);
    }

    /// <summary>Does one operation between its hooks; completes synchronously when they do.</summary>
    public async Task<T> DoAsync<T>(string operation, string id, Func<T> effect, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        // Where a real driver runs a command, and so has its span.
        var span = Command.Source.StartActivity(operation, ActivityKind.Client)?.SetTag("fake.id", id);
        try
        {
            var result = await PassAsync(operation, id, effect);
            span?.Stop();
            return result;
        }
        catch (Fault fault)
        {
            span?.SetStatus(ActivityStatusCode.Error, fault.Message).Stop();
            throw;
        }
    }

    /// <summary>Looks at the metal without touching it: nothing can happen meanwhile.</summary>
    public T See<T>(Func<T> look)
    {
        lock (gate)
            return look();
    }

    private async Task<T> PassAsync<T>(string operation, string id, Func<T> effect)
    {
        var after = After; // theirs who began it, whoever has the metal by the time it takes effect
        if (Before is { } before)
            await before(operation, id);
        T result;
        lock (gate)
        {
            result = effect();
            Changed?.Invoke();
        }
        if (after is not null)
            await after(operation, id);
        return result;
    }
}

/// <param name="Console">All that the guest wrote to its serial console.</param>
public sealed record FakeGuest(GuestSpec Spec, GuestState State, string Console)
{
    /// <summary>Attachments whose volumes are alike to a disk that it has, until it ends.</summary>
    public IReadOnlyList<AttachmentId> Mirrors { get; init; } = [];
}

/// <param name="Image">The image the root disk stands on; null until one was written.</param>
public sealed record FakeDisk(DiskSpec Spec, CachedImage? Image);
