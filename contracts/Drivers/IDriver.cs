namespace Pipeline.Contracts.Drivers;

/// <summary>What every driver says of itself. Drivers are registered by name and chosen by configuration.</summary>
public interface IDriver
{
    /// <summary>The name in configuration, as `qemu`; unique within its kind.</summary>
    string Name { get; }

    /// <summary>The contract version the driver was written for; one release of warning, then refusal.</summary>
    int Contract { get; }

    /// <summary>Looks at the machine once, at start. Never throws for a missing tool: says so in the report.</summary>
    Task<DriverReport> ProbeAsync(CancellationToken ct);
}

/// <summary>Whether a driver can work on this machine; the problem is a sentence an operator can act on.</summary>
/// <param name="Facts">Capabilities found, as `kvm=false`, reported with the host's inventory.</param>
public sealed record DriverReport(bool Ready, string? Problem, IReadOnlyDictionary<string, string> Facts);

public static class DriverContract
{
    /// <summary>The version this release speaks.</summary>
    public const int Current = 1;
}
