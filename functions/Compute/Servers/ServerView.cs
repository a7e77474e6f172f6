using System.Text.Json;
using Pipeline.Contracts.Hosts;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Servers;

/// <summary>Servers on the wire, as microversion 2.1 has them.</summary>
internal static class ServerView
{
    // A list shows few flavors and hosts many times.
    private static readonly Memo<string, string> FlavorIds = new(1000);
    private static readonly Memo<(ProjectId Project, string Host), string> HostHashes = new(10_000);

    public static void WriteShort(Utf8JsonWriter w, Server server, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, server.Id.Value);
        w.WriteString("name"u8, server.Name);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteEndObject();
    }

    /// <summary>The answer to a create: the password is shown this once.</summary>
    public static void WriteCreated(Utf8JsonWriter w, Server server, string baseUrl, string? adminPass)
    {
        w.WriteStartObject();
        w.WriteStartObject("server"u8);
        w.WriteString("id"u8, server.Id.Value);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteString("OS-DCF:diskConfig"u8, server.DiskConfig);
        WriteGroups(w, server.GroupNames);
        if (adminPass is not null)
            w.WriteString("adminPass"u8, adminPass);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    /// <summary>The answer to a create that asks for the reservation alone.</summary>
    public static void WriteReservation(Utf8JsonWriter w, Server server)
    {
        w.WriteStartObject();
        w.WriteString("reservation_id"u8, server.ReservationId);
        w.WriteEndObject();
    }

    /// <param name="attached">The server's ports, for its addresses and groups, and its volumes.</param>
    public static void Write(
        Utf8JsonWriter w,
        Server server,
        string baseUrl,
        (IReadOnlyList<ServerPort> Ports, IEnumerable<VolumeId> Volumes) attached,
        bool isAdmin
    )
    {
        var ports = attached.Ports;
        w.WriteStartObject();
        WriteBase(w, server, baseUrl, ports);
        w.WriteString("OS-EXT-AZ:availability_zone"u8, server.HostId is null ? "" : server.AvailabilityZone);
        w.WriteString("config_drive"u8, server.ConfigDrive ? "True" : "");
        w.WriteString("key_name"u8, server.KeyName);
        w.WriteString("OS-SRV-USG:launched_at"u8, server.LaunchedAt is { } launched ? $"{launched:s}.000000" : null);
        w.WriteNull("OS-SRV-USG:terminated_at"u8);
        if (isAdmin)
        {
            w.WriteString("OS-EXT-SRV-ATTR:host"u8, server.HostName);
            w.WriteString("OS-EXT-SRV-ATTR:instance_name"u8, InstanceName(server));
            w.WriteString("OS-EXT-SRV-ATTR:hypervisor_hostname"u8, server.HostName);
        }
        w.WriteString("OS-EXT-STS:task_state"u8, server.TaskState);
        w.WriteString("OS-EXT-STS:vm_state"u8, server.VmState);
        w.WriteNumber("OS-EXT-STS:power_state"u8, server.PowerState);
        WriteVolumes(w, attached.Volumes);
        var groups = ports.SelectMany(p => p.SecurityGroups).Distinct().ToList();
        if (groups.Count > 0)
            WriteGroups(w, groups);
        w.WriteEndObject();
    }

    /// <summary>The short form that update answers before 2.75.</summary>
    public static void WriteUpdated(Utf8JsonWriter w, Server server, string baseUrl, IReadOnlyList<ServerPort> ports)
    {
        w.WriteStartObject();
        WriteBase(w, server, baseUrl, ports);
        w.WriteEndObject();
    }

    public static string InstanceName(Server server) => $"instance-{server.Number:x8}";

    /// <summary>The host as tenants see it: a hash that differs by project.</summary>
    private static string HashOfHost(Server server) =>
        server.HostName is { } host
            ? HostHashes.Of((server.ProjectId, host), static of => HostHash.Of(of.Project, of.Host))
            : "";

    private static string Seconds(DateTimeOffset time) => $"{time:s}Z";

    private static void WriteBase(Utf8JsonWriter w, Server server, string baseUrl, IReadOnlyList<ServerPort> ports)
    {
        w.WriteString("id"u8, server.Id.Value);
        w.WriteString("name"u8, server.Name);
        w.WriteString("status"u8, server.Status);
        w.WriteString("tenant_id"u8, server.ProjectId.Value);
        w.WriteString("user_id"u8, server.UserId.Value);
        w.WritePropertyName("metadata"u8);
        w.WriteRawValue(server.Metadata, skipInputValidation: true); // written by us, from a checked request
        w.WriteString("hostId"u8, HashOfHost(server));
        WriteImage(w, server, baseUrl);
        var flavor = FlavorIds.Of(server.Flavor, static text => Server.SpecOf(text).Id);
        w.WriteStartObject("flavor"u8);
        w.WriteString("id"u8, flavor);
        Links.Bookmark(w, baseUrl, "flavors", flavor);
        w.WriteEndObject();
        w.WriteString("created"u8, Seconds(server.CreatedAt));
        w.WriteString("updated"u8, Seconds(server.UpdatedAt));
        WriteAddresses(w, ports);
        w.WriteString("accessIPv4"u8, server.AccessIpv4);
        w.WriteString("accessIPv6"u8, server.AccessIpv6);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteString("OS-DCF:diskConfig"u8, server.DiskConfig);
        if (server.Status is ServerStatus.Active or ServerStatus.Build)
            w.WriteNumber("progress"u8, 0);
        if (server is { Status: ServerStatus.Error, Fault: not null })
            WriteFault(w, server);
    }

    private static void WriteImage(Utf8JsonWriter w, Server server, string baseUrl)
    {
        if (server.BootsFromVolume)
        {
            w.WriteString("image"u8, "");
            return;
        }
        w.WriteStartObject("image"u8);
        w.WriteString("id"u8, server.ImageId.Value);
        Links.Bookmark(w, baseUrl, "images", server.ImageId.ToString());
        w.WriteEndObject();
    }

    private static void WriteFault(Utf8JsonWriter w, Server server)
    {
        w.WriteStartObject("fault"u8);
        w.WriteNumber("code"u8, 500);
        w.WriteString("created"u8, Seconds(server.FaultAt ?? server.UpdatedAt));
        w.WriteString("message"u8, server.Fault);
        w.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter w, IReadOnlyList<ServerPort> ports)
    {
        w.WriteStartObject("addresses"u8);
        foreach (var network in ports.GroupBy(p => p.NetworkName))
        {
            w.WriteStartArray(network.Key);
            foreach (var port in network)
            foreach (var address in port.Addresses)
            {
                w.WriteStartObject();
                w.WriteNumber("version"u8, address.Address.Contains(':') ? 6 : 4);
                w.WriteString("addr"u8, address.Address);
                w.WriteString("OS-EXT-IPS:type"u8, "fixed");
                w.WriteString("OS-EXT-IPS-MAC:mac_addr"u8, port.Mac);
                w.WriteEndObject();
            }
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }

    private static void WriteVolumes(Utf8JsonWriter w, IEnumerable<VolumeId> volumes)
    {
        w.WriteStartArray("os-extended-volumes:volumes_attached"u8);
        foreach (var volume in volumes)
        {
            w.WriteStartObject();
            w.WriteString("id"u8, volume.Value);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static void WriteGroups(Utf8JsonWriter w, IReadOnlyList<string> names)
    {
        w.WriteStartArray("security_groups"u8);
        foreach (var name in names)
        {
            w.WriteStartObject();
            w.WriteString("name"u8, name);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }
}
