namespace Pipeline.Network;

/// <summary>What an operator may set for the network service.</summary>
/// <param name="Mtu">The largest MTU of a network, and that of one which asks for none; 1450 where frames are tunnelled.</param>
/// <param name="AvailabilityZone">The cloud's one zone.</param>
public sealed record NetworkOptions(int Mtu = 1500, string AvailabilityZone = "nova");
