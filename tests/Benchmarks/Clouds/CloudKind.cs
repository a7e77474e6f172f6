namespace Pipeline.Benchmarks.Clouds;

/// <summary>What infra/up is asked for.</summary>
internal enum CloudKind
{
    /// <summary>Hosts without metal, messages through Azurite.</summary>
    Azurite,

    /// <summary>Hosts without metal, messages through the database.</summary>
    Database,

    /// <summary>No cloud at all.</summary>
    None,

    /// <summary>A host that runs guests; needs root.</summary>
    Real,

    /// <summary>A host that runs guests, messages through the database; needs root.</summary>
    RealDatabase,

    /// <summary>Two hosts that run guests, on an underlay, with a network that leads outside; messages through the database; needs root.</summary>
    Bed,
}
