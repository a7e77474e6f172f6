using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;
using Pipeline.Durable.Hub;
using Pipeline.Network.AddressGroups;
using Pipeline.Network.AddressScopes;
using Pipeline.Network.AutoAllocatedTopology;
using Pipeline.Network.FloatingIps;
using Pipeline.Network.Hosts;
using Pipeline.Network.Mechanisms;
using Pipeline.Network.Mechanisms.Fake;
using Pipeline.Network.Mechanisms.LinuxBridge;
using Pipeline.Network.Networks;
using Pipeline.Network.PortForwardings;
using Pipeline.Network.Ports;
using Pipeline.Network.PrefixPools;
using Pipeline.Network.Qos;
using Pipeline.Network.Quotas;
using Pipeline.Network.Rbac;
using Pipeline.Network.Routers;
using Pipeline.Network.SecurityGroups;
using Pipeline.Network.Subnets;
using Pipeline.Network.Sweeps;
using Pipeline.Network.Trunks;
using Pipeline.Network.Types;
using Pipeline.Network.Types.Flat;
using Pipeline.Network.Types.Geneve;
using Pipeline.Network.Types.Local;
using Pipeline.Network.Types.Vlan;
using Pipeline.Network.Types.Vxlan;
using Pipeline.Network.Wire;

namespace Pipeline.Network;

/// <summary>
/// Network: networks, subnets, ports and security groups (Neutron's API v2.0). The composition root adds the runtime, the
/// database, the engine, <see cref="Data.Cloud"/> and placement's hosts; <see cref="NetworkOptions"/> where the defaults do not fit.
/// </summary>
public static class NetworkModule
{
    public static IServiceCollection AddNetwork(this IServiceCollection services)
    {
        var assembly = typeof(NetworkModule).Assembly;
        services.TryAddSingleton(new NetworkOptions());
        services.AddSingleton(new CatalogEntry("network", "neutron", "/network"));
        services.AddSingleton<ISegmentType, LocalType>();
        services.AddSingleton<ISegmentType, FlatType>();
        services.AddSingleton<ISegmentType, VlanType>();
        services.AddSingleton<ISegmentType, VxlanType>();
        services.AddSingleton<ISegmentType, GeneveType>();
        services.AddSingleton<SegmentTypes>();
        services.AddSingleton<IMechanismDriver, LinuxBridgeMechanism>();
        services.AddSingleton<IMechanismDriver, FakeMechanism>();
        services.AddSingleton<MechanismDrivers>();
        services.AddSingleton<Creates>();
        services.AddSingleton<DefaultSecurityGroups>();
        services.AddSingleton<Sharing>();
        services.AddSingleton<RouterRefreshes>();
        services.AddSingleton<RouterInterfaces>();
        services.AddSingleton<RouterGateways>();
        services.AddSingleton<RouterRemoval>();
        services.AddSingleton<RouterMoves>();
        services.AddSingleton<PortForwardingBook>();
        services.AddSingleton<FloatingLinks>();
        services.AddSingleton<FloatingIpBook>();
        services.AddSingleton<HostRefreshes>();
        services.AddSingleton<PortPlaces>();
        services.AddSingleton<IHostReports, NetworkHosts>();
        services.AddSingleton<SecurityGroupBook>();
        services.AddSingleton<BandwidthLimitBook>();
        services.AddSingleton<PortRemovals>();
        services.AddSingleton<PortBook>();
        services.AddSingleton<DhcpPorts>();
        services.AddSingleton<PortRemoval>();
        services.AddSingleton<SubnetRemoval>();
        services.AddSingleton<NetworkRemoval>();
        services.AddSingleton<NetworkBook>();
        services.AddSingleton<CreateSubnet>();
        services.AddSingleton<RouterBook>();
        services.AddSingleton<Subports>();
        services.AddSingleton<TopologyBook>();
        services.AddSingleton<IProjectHoldings, ProjectFloatingIps>();
        services.AddSingleton<IProjectHoldings, ProjectRouters>();
        services.AddSingleton<IProjectHoldings, ProjectTrunks>();
        services.AddSingleton<IProjectHoldings, ProjectPorts>();
        services.AddSingleton<IProjectHoldings, ProjectSecurityGroups>();
        services.AddSingleton<IProjectHoldings, ProjectSubnets>();
        services.AddSingleton<IProjectHoldings, ProjectNetworks>();
        services.AddSingleton<IProjectHoldings, ProjectQosPolicies>();
        services.AddSingleton<IProjectHoldings, ProjectRbacPolicies>();
        services.AddSingleton<IProjectHoldings, ProjectAddressGroups>();
        services.AddSingleton<IProjectHoldings, ProjectSubnetPools>();
        services.AddSingleton<IProjectHoldings, ProjectAddressScopes>();
        services.AddSingleton<INetworks, NetworkQueries>();
        services.AddSingleton<ISecurityGroups, SecurityGroupQueries>();
        services.AddSingleton<ISecurityGroupClaims, SecurityGroupClaims>();
        services.AddSingleton<ILedger, PortLedger>();
        services.AddSingleton<ILedger, RouterLedger>();
        services.AddSingleton(new DurableAssembly(assembly, NetworkJson.Default));
        foreach (var kind in Quota.All)
            services.AddSingleton(kind);
        return services.AddFunctions(assembly);
    }
}
