using Pipeline.Contracts.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>The volume backends of this host, by the names that its operator gave them.</summary>
internal sealed class VolumeBackends(IReadOnlyDictionary<string, IVolumeDriver> drivers)
{
    public IEnumerable<IVolumeDriver> All => drivers.Values;

    /// <exception cref="Fault">Unavailable when this host offers no such backend any more.</exception>
    public IVolumeDriver Find(string name) =>
        drivers.GetValueOrDefault(name)
        ?? throw new Fault(
            FaultCode.Unavailable,
            $"this host has no volume backend '{name}'; it has {(drivers.Count == 0 ? "none" : string.Join(", ", drivers.Keys))}"
        );

    /// <summary>What a backend can do beyond the core; drivers that lack a part of the minimum are refused at start.</summary>
    public T Find<T>(string name)
        where T : class => Part<T>(Find(name));

    public static T Part<T>(IVolumeDriver driver)
        where T : class =>
        driver as T ?? throw new Fault(FaultCode.Unavailable, $"the driver '{driver.Name}' is no {typeof(T).Name}");
}
