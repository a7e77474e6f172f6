using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Servers;

/// <summary>Servers on the wire, as microversion 2.1 has them.</summary>
internal static class ServerView
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string LaunchTime = "yyyy-MM-dd'T'HH:mm:ss.000000";

    public static void WriteShort(Utf8JsonWriter w, Server server, string baseUrl)
    {
        w.WriteStartObject();
        w.WriteString("id", server.Id.Value);
        w.WriteString("name", server.Name);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteEndObject();
    }

    /// <summary>The answer to a create: the password is shown this once.</summary>
    public static void WriteCreated(Utf8JsonWriter w, Server server, string baseUrl, string? adminPass)
    {
        w.WriteStartObject();
        w.WriteStartObject("server");
        w.WriteString("id", server.Id.Value);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteString("OS-DCF:diskConfig", server.DiskConfig);
        WriteGroups(w, server.GroupNames);
        if (adminPass is not null)
            w.WriteString("adminPass", adminPass);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    /// <summary>The answer to a create that asks for the reservation alone.</summary>
    public static void WriteReservation(Utf8JsonWriter w, Server server)
    {
        w.WriteStartObject();
        w.WriteString("reservation_id", server.ReservationId);
        w.WriteEndObject();
    }

    /// <param name="ports">The server's ports, for its addresses and groups.</param>
    public static void Write(
        Utf8JsonWriter w,
        Server server,
        string baseUrl,
        IReadOnlyList<ServerPort> ports,
        bool isAdmin
    )
    {
        w.WriteStartObject();
        WriteBase(w, server, baseUrl, ports);
        w.WriteString("OS-EXT-AZ:availability_zone", server.HostId is null ? "" : server.AvailabilityZone);
        w.WriteString("config_drive", server.ConfigDrive ? "True" : "");
        w.WriteString("key_name", server.KeyName);
        w.WriteString("OS-SRV-USG:launched_at", server.LaunchedAt?.ToString(LaunchTime));
        w.WriteNull("OS-SRV-USG:terminated_at");
        if (isAdmin)
        {
            w.WriteString("OS-EXT-SRV-ATTR:host", server.HostName);
            w.WriteString("OS-EXT-SRV-ATTR:instance_name", InstanceName(server));
            w.WriteString("OS-EXT-SRV-ATTR:hypervisor_hostname", server.HostName);
        }
        w.WriteString("OS-EXT-STS:task_state", server.TaskState);
        w.WriteString("OS-EXT-STS:vm_state", server.VmState);
        w.WriteNumber("OS-EXT-STS:power_state", server.PowerState);
        w.WriteStartArray("os-extended-volumes:volumes_attached");
        w.WriteEndArray();
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
    public static string HostHash(Server server) =>
        server.HostName is { } host
            ? Convert.ToHexStringLower(SHA224(Encoding.UTF8.GetBytes(server.ProjectId.Value + host)))
            : "";

    // Nova hashes with SHA-224; its first 28 bytes of SHA-256 serve the same purpose: opaque and stable, 56 hex digits.
    private static byte[] SHA224(byte[] text) => SHA256.HashData(text)[..28];

    private static void WriteBase(Utf8JsonWriter w, Server server, string baseUrl, IReadOnlyList<ServerPort> ports)
    {
        w.WriteString("id", server.Id.Value);
        w.WriteString("name", server.Name);
        w.WriteString("status", server.Status);
        w.WriteString("tenant_id", server.ProjectId.Value);
        w.WriteString("user_id", server.UserId.Value);
        w.WritePropertyName("metadata");
        w.WriteRawValue(server.Metadata, skipInputValidation: true); // written by us, from a checked request
        w.WriteString("hostId", HostHash(server));
        w.WriteStartObject("image");
        w.WriteString("id", server.ImageId.Value);
        Links.Bookmark(w, baseUrl, "images", server.ImageId.ToString());
        w.WriteEndObject();
        var flavor = server.Spec;
        w.WriteStartObject("flavor");
        w.WriteString("id", flavor.Id);
        Links.Bookmark(w, baseUrl, "flavors", flavor.Id);
        w.WriteEndObject();
        w.WriteString("created", server.CreatedAt.ToString(Time));
        w.WriteString("updated", server.UpdatedAt.ToString(Time));
        WriteAddresses(w, ports);
        w.WriteString("accessIPv4", server.AccessIpv4);
        w.WriteString("accessIPv6", server.AccessIpv6);
        Links.Write(w, baseUrl, "servers", server.Id.ToString());
        w.WriteString("OS-DCF:diskConfig", server.DiskConfig);
        if (server.Status is ServerStatus.Active or ServerStatus.Build)
            w.WriteNumber("progress", 0);
        if (server is { Status: ServerStatus.Error, Fault: not null })
            WriteFault(w, server);
    }

    private static void WriteFault(Utf8JsonWriter w, Server server)
    {
        w.WriteStartObject("fault");
        w.WriteNumber("code", 500);
        w.WriteString("created", (server.FaultAt ?? server.UpdatedAt).ToString(Time));
        w.WriteString("message", server.Fault);
        w.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter w, IReadOnlyList<ServerPort> ports)
    {
        w.WriteStartObject("addresses");
        foreach (var network in ports.GroupBy(p => p.NetworkName))
        {
            w.WriteStartArray(network.Key);
            foreach (var port in network)
            foreach (var address in port.Addresses)
            {
                w.WriteStartObject();
                w.WriteNumber("version", address.Address.Contains(':') ? 6 : 4);
                w.WriteString("addr", address.Address);
                w.WriteString("OS-EXT-IPS:type", "fixed");
                w.WriteString("OS-EXT-IPS-MAC:mac_addr", port.Mac);
                w.WriteEndObject();
            }
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }

    private static void WriteGroups(Utf8JsonWriter w, IReadOnlyList<string> names)
    {
        w.WriteStartArray("security_groups");
        foreach (var name in names)
        {
            w.WriteStartObject();
            w.WriteString("name", name);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }
}
