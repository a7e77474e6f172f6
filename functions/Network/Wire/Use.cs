namespace Pipeline.Network.Wire;

/// <summary>What clients may do with an attribute besides reading it.</summary>
[Flags]
internal enum Use
{
    None = 0,
    Create = 1,
    Update = 2,
    Filter = 4,
    Sort = 8,

    /// <summary>Only an admin may set it.</summary>
    AdminSets = 16,

    /// <summary>Only an admin is shown it.</summary>
    AdminSees = 32,

    Write = Create | Update,
    Find = Filter | Sort,
}
