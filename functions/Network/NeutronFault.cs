namespace Pipeline.Network;

/// <summary>Neutron's faults by their type names, which its clients tell apart; texts as clients show them.</summary>
internal static class NeutronFault
{
    public static Fault InvalidInput(string what) => Bad("InvalidInput", $"Invalid input for operation: {what}");

    public static Fault Bad(string type, string message) => new(FaultCode.BadRequest, message, type);

    /// <param name="what">The attribute and what is wrong with it.</param>
    public static Fault Invalid(string name, string what) =>
        Fault.BadRequest($"Invalid input for {name}. Reason: {what}");

    /// <param name="rule">Neutron's rule, as `update_network`.</param>
    public static Fault Forbidden(string rule) =>
        new(FaultCode.Forbidden, $"rule:{rule} is disallowed by policy", "PolicyNotAuthorized");

    /// <summary>The caller may do the thing, but not set this attribute.</summary>
    public static Fault Forbidden(string rule, string attribute) =>
        new(
            FaultCode.Forbidden,
            $"(rule:{rule} and rule:{rule}:{attribute}) is disallowed by policy",
            "PolicyNotAuthorized"
        );

    public static Fault OverQuota(string resource) =>
        new(FaultCode.QuotaExceeded, $"Quota exceeded for resources: ['{resource}'].", "OverQuota");

    public static Fault NetworkNotFound(object id) => Missing("Network", id);

    public static Fault SubnetNotFound(object id) => Missing("Subnet", id);

    public static Fault PortNotFound(object id) => Missing("Port", id);

    public static Fault SubnetPoolNotFound(object id) =>
        Fault.NotFound($"Subnet pool {id} could not be found.", "SubnetPoolNotFound");

    public static Fault AddressScopeNotFound(object id) =>
        Fault.NotFound($"Address scope {id} could not be found.", "AddressScopeNotFound");

    public static Fault AddressGroupNotFound(object id) =>
        Fault.NotFound($"Address group {id} could not be found.", "AddressGroupNotFound");

    public static Fault QosPolicyNotFound(object id) =>
        Fault.NotFound($"QoS policy {id} could not be found.", "QosPolicyNotFound");

    public static Fault QosRuleNotFound(object id) =>
        Fault.NotFound($"QoS rule {id} could not be found.", "QosRuleNotFound");

    public static Fault QosRuleNotFound(object id, string policy) =>
        Fault.NotFound($"QoS rule {id} for policy {policy} could not be found.", "QosRuleNotFound");

    public static Fault SecondDefaultQosPolicy(ProjectId project) =>
        Fault.Conflict($"A default QoS policy exists for project {project}.", "QoSPolicyDefaultAlreadyExists");

    public static Fault RbacPolicyNotFound(object id) =>
        Fault.NotFound($"RBAC policy of type unknown with ID {id} not found", "RbacPolicyNotFound");

    public static Fault SecurityGroupNotFound(object id) =>
        Fault.NotFound($"Security group {id} does not exist", "SecurityGroupNotFound");

    public static Fault SecurityGroupInUse(SecurityGroupId id) =>
        Fault.Conflict($"Security Group {id} in use.", "SecurityGroupInUse");

    public static Fault SecurityGroupRuleNotFound(object id) =>
        Fault.NotFound($"Security group rule {id} does not exist", "SecurityGroupRuleNotFound");

    public static Fault DefaultRuleNotFound(object id) =>
        Fault.NotFound($"Default Security Group rule {id} does not exist", "DefaultSecurityGroupRuleNotFound");

    public static Fault DefaultRuleExists(string id) =>
        Fault.Conflict(
            $"Default Security group rule already exists. Rule id is {id}.",
            "DefaultSecurityGroupRuleExists"
        );

    public static Fault TwoRemotes() =>
        Bad(
            "SecurityGroupMultipleRemoteEntites",
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."
        );

    public static Fault AgentNotFound(object id) => Missing("Agent", id);

    /// <param name="by">The agent that has it; none when an operator has deleted that.</param>
    public static Fault Hosted(RouterId router, IEnumerable<Agents.AgentRow> by) =>
        Fault.Conflict(
            $"The router {router} has been already hosted by the L3 Agent {string.Join(',', by.Select(a => a.Id))}.",
            "RouterHostedByL3Agent"
        );

    public static Fault NotHosted(RouterId router, string agent) =>
        Fault.Conflict($"The router {router} is not hosted by L3 agent {agent}.", "RouterNotHostedByL3Agent");

    public static Fault TrunkNotFound(object id) => Missing("Trunk", id);

    public static Fault SubportNotFound(TrunkId trunk, PortId port) =>
        Fault.NotFound($"SubPort on trunk {trunk} with parent port {port} could not be found.", "SubPortNotFound");

    public static Fault TrunkDisabled(TrunkId id) =>
        Fault.Conflict($"Trunk {id} is currently disabled.", "TrunkDisabled");

    public static Fault TrunkInUse(TrunkId id) => Fault.Conflict($"Trunk {id} is currently in use.", "TrunkInUse");

    public static Fault ParentPortInUse(PortId id) =>
        Fault.Conflict(
            $"Port {id} is currently in use and is not eligible for use as a parent port.",
            "ParentPortInUse"
        );

    public static Fault PortInUseAsParent(PortId port, TrunkId trunk) =>
        Fault.Conflict($"Port {port} is currently a parent port for trunk {trunk}.", "PortInUseAsTrunkParent");

    public static Fault PortInUseAsSubport(PortId port, TrunkId trunk) =>
        Fault.Conflict($"Port {port} is currently a subport for trunk {trunk}.", "PortInUseAsSubPort");

    public static Fault DuplicateSubport(int vlan, TrunkId trunk) =>
        Fault.Conflict(
            $"segmentation_type vlan and segmentation_id {vlan} already in use on trunk {trunk}.",
            "DuplicateSubPort"
        );

    public static Fault SubportMtu(PortId port, int mtu, TrunkId trunk, int most) =>
        Fault.Conflict(
            $"MTU {mtu} of subport {port} cannot be greater than MTU {most} of trunk {trunk}.",
            "SubPortMtuGreaterThanTrunkPortMtu"
        );

    public static Fault RouterNotFound(object id) => Missing("Router", id);

    public static Fault FloatingIpNotFound(object id) =>
        Fault.NotFound($"Floating IP {id} could not be found.", "FloatingIPNotFound");

    public static Fault BadRouter(string what) => Bad("BadRequest", $"Bad router request: {what}.");

    public static Fault BadFloatingIp(string what) => Bad("BadRequest", $"Bad floatingip request: {what}.");

    public static Fault RouterInUse(RouterId id, IEnumerable<PortId> ports) =>
        Fault.Conflict($"Router {id} still has ports: {string.Join(',', ports)}.", "RouterInUse");

    public static Fault InterfaceNotFound(RouterId router, PortId port) =>
        Fault.NotFound($"Router {router} does not have an interface with id {port}", "RouterInterfaceNotFound");

    public static Fault InterfaceNotFound(RouterId router, SubnetId subnet) =>
        Fault.NotFound($"Router {router} has no interface on subnet {subnet}", "RouterInterfaceNotFoundForSubnet");

    /// <param name="kind">As in the fault's type; <paramref name="things"/> in words.</param>
    public static Fault InterfaceInUse(RouterId router, SubnetId subnet, string kind, string things) =>
        Fault.Conflict(
            $"Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one or more {things}.",
            $"RouterInterfaceInUseBy{kind}"
        );

    public static Fault GatewayInUse(RouterId router, NetworkId network) =>
        Fault.Conflict(
            $"Gateway cannot be updated for router {router}, since a gateway to external network {network} is required by "
                + "one or more floating IPs.",
            "RouterExternalGatewayInUseByFloatingIp"
        );

    /// <param name="least">What its subnets of IPv6 need.</param>
    public static Fault MtuTooSmall(NetworkId network, int least) =>
        Fault.Conflict(
            $"MTU of {network} is not valid, subnet requires a minimum of {least}",
            "NetworkMTUSubnetConflict"
        );

    public static Fault ExternalInUse(NetworkId network) =>
        Fault.Conflict(
            $"External network {network} cannot be updated to be made non-external, since it has existing gateway ports.",
            "ExternalNetworkInUse"
        );

    public static Fault NotReachable(NetworkId external, SubnetId subnet, PortId port) =>
        Fault.NotFound(
            $"External network {external} is not reachable from subnet {subnet}.  Therefore, cannot associate Port {port} "
                + "with a Floating IP.",
            "ExternalGatewayForFloatingIPNotFound"
        );

    public static Fault AlreadyFloating(FloatingIps.FloatingIpRow floating, PortId port, string address) =>
        Fault.Conflict(
            $"Cannot associate floating IP {floating.FloatingIpAddress} ({floating.Id}) with port {port} using fixed IP "
                + $"{address}, as that fixed IP already has a floating IP on external network {floating.FloatingNetworkId}.",
            "FloatingIPPortAlreadyAssociated"
        );

    public static Fault PortForwardingNotFound(object id) =>
        Fault.NotFound($"Port Forwarding {id} could not be found.", "PortForwardingNotFound");

    public static Fault BadForwarding(string what) => Bad("BadRequest", $"Bad port_forwarding request: {what}.");

    /// <param name="values">What both have, as clients are shown it.</param>
    public static Fault ForwardingTwin(string values) =>
        BadForwarding(
            "A duplicate port forwarding entry with same attributes already exists, conflicting values are "
                + $"{{{values}}}"
        );

    public static Fault NotForwardable(FloatingIps.FloatingIpRow floating, SubnetId subnet, PortId port) =>
        BadForwarding(
            $"External network {floating.FloatingNetworkId} is not reachable from subnet {subnet}. Cannot set Port "
                + $"forwarding for port {port} with Floating IP {floating.Id}"
        );

    public static Fault HasForwardings(FloatingIpId id) =>
        Fault.Conflict($"Floating IP {id} in use by Port Forwarding resources.", "FipInUseByPortForwarding");

    public static Fault PortHasFloating(FloatingIps.FloatingIpRow floating, PortId port, string address) =>
        Fault.Conflict(
            $"Cannot create port forwarding to floating IP {floating.FloatingIpAddress} ({floating.Id}) with port {port} "
                + $"using fixed IP {address}, as that port already has a binding floating IP.",
            "PortHasBindingFloatingIP"
        );

    public static Fault PortInUse(Ports.PortRow port) =>
        Fault.Conflict(
            $"Unable to complete operation on port {port.Id} for network {port.NetworkId}. Port already has an attached "
                + $"device {port.DeviceId}.",
            "PortInUse"
        );

    public static Fault ServicePortInUse(Ports.PortRow port) =>
        Fault.Conflict(
            $"Port {port.Id} cannot be deleted directly via the port API: has device owner {port.DeviceOwner}.",
            "ServicePortInUse"
        );

    public static Fault GatewayIpInUse(string address, PortId port) =>
        Fault.Conflict(
            $"Current gateway ip {address} already in use by port {port}. Unable to update.",
            "GatewayIpInUse"
        );

    public static Fault NetworkInUse(NetworkId id, IEnumerable<PortId> ports) =>
        Fault.Conflict(
            $"Unable to complete operation on network {id}. There are one or more ports still in use on the network, "
                + $"id for these ports is: {string.Join(',', ports)}.",
            "NetworkInUse"
        );

    public static Fault SubnetInUse(SubnetId id) =>
        Fault.Conflict(
            $"Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this subnet.",
            "SubnetInUse"
        );

    public static Fault NoAddressLeft(NetworkId network) =>
        Fault.Conflict($"No more IP addresses available on network {network}.", "IpAddressGenerationFailure");

    public static Fault NoSegmentLeft() =>
        Fault.Conflict(
            "Unable to create the network. No tenant network is available for allocation.",
            "NoNetworkAvailable"
        );

    public static Fault AddressTaken(string address, SubnetId subnet) =>
        Fault.Conflict($"IP address {address} already allocated in subnet {subnet}", "IpAddressAlreadyAllocated");

    public static Fault MacInUse(NetworkId network, string mac) =>
        Fault.Conflict(
            $"Unable to complete operation for network {network}. The mac address {mac} is in use.",
            "MacAddressInUse"
        );

    private static Fault Missing(string what, object id) =>
        Fault.NotFound($"{what} {id} could not be found.", $"{what}NotFound");
}
