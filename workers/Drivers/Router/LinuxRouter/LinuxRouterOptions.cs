namespace Pipeline.Drivers.Router.LinuxRouter;

/// <param name="Cloud">The cloud's id: it stands on every router, and what carries another one is not touched.</param>
public sealed record LinuxRouterOptions(string Cloud)
{
    /// <summary>The namespace (as iproute2 names it) in which ports' devices are found; null for the agent's own.</summary>
    public string? HostNamespace { get; init; }

    /// <summary>Folder of the advertising daemons' files: every user must be able to pass it, for they run unprivileged.</summary>
    public string Run { get; init; } = "/run/pipeline";

    /// <summary>The program that advertises, by its name or path.</summary>
    public string Radvd { get; init; } = "radvd";

    /// <summary>Tells this host from others on the same machine, in names that they share; null where it is alone.</summary>
    public string? Host { get; init; }
}
