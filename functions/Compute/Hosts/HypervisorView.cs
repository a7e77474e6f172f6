using System.Text.Json;
using Pipeline.Compute.Servers;
using Pipeline.Contracts.Placement;

namespace Pipeline.Compute.Hosts;

/// <summary>Compute hosts on the wire, as microversion 2.1 has them.</summary>
internal static class HypervisorView
{
    /// <summary>Nova has no number for what is not libvirt's; clients print it, none compares it.</summary>
    private const int Version = 1;

    public static Answer All(IReadOnlyList<Hypervisor> hosts, Action<Utf8JsonWriter, Hypervisor> write) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("hypervisors");
                foreach (var host in hosts)
                    Object(w, host, write);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );

    public static Answer One(Hypervisor host, Action<Utf8JsonWriter, Hypervisor> write) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("hypervisor");
                Object(w, host, write);
                w.WriteEndObject();
            }
        );

    public static Answer Sum(IReadOnlyList<Hypervisor> hosts) =>
        Answer.Written(
            200,
            w =>
            {
                var total = new Resources(
                    hosts.Sum(h => h.Host.Machine.Vcpus),
                    hosts.Sum(h => h.Host.Machine.MemoryMib),
                    hosts.Sum(h => h.Host.Machine.DiskGib)
                );
                var used = new Resources(
                    hosts.Sum(h => UsedOf(h.Host).Vcpus),
                    hosts.Sum(h => UsedOf(h.Host).MemoryMib),
                    hosts.Sum(h => UsedOf(h.Host).DiskGib)
                );
                w.WriteStartObject();
                w.WriteStartObject("hypervisor_statistics");
                w.WriteNumber("count", hosts.Count);
                Write(w, total, used, hosts.Sum(h => h.Servers));
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );

    public static void WriteShort(Utf8JsonWriter w, Hypervisor hypervisor)
    {
        var host = hypervisor.Host;
        w.WriteNumber("id", HostNumber.Of(host.Id));
        w.WriteString("hypervisor_hostname", host.Name);
        w.WriteString("state", host.Up ? "up" : "down");
        w.WriteString("status", host.Enabled ? "enabled" : "disabled");
    }

    public static void Write(Utf8JsonWriter w, Hypervisor hypervisor)
    {
        var host = hypervisor.Host;
        WriteShort(w, hypervisor);
        Write(w, host.Machine, UsedOf(host), hypervisor.Servers);
        w.WriteString("hypervisor_type", host.Hypervisor);
        w.WriteNumber("hypervisor_version", Version);
        w.WriteString("cpu_info", "");
        w.WriteNull("host_ip"); // agents connect from where they are: a host has no address that the cloud calls
        w.WriteStartObject("service");
        w.WriteNumber("id", HostNumber.Of(host.Id));
        w.WriteString("host", host.Name);
        w.WriteNull("disabled_reason");
        w.WriteEndObject();
    }

    public static void WriteUptime(Utf8JsonWriter w, Hypervisor hypervisor, string uptime)
    {
        WriteShort(w, hypervisor);
        w.WriteString("uptime", uptime);
    }

    public static void WriteServers(Utf8JsonWriter w, Hypervisor hypervisor, IReadOnlyList<Server> servers)
    {
        WriteShort(w, hypervisor);
        var own = servers.Where(s => s.HostId == hypervisor.Host.Id).ToList();
        if (own.Count == 0)
            return; // Nova leaves the key out
        w.WriteStartArray("servers");
        foreach (var server in own)
        {
            w.WriteStartObject();
            w.WriteString("uuid", server.Id.Value);
            w.WriteString("name", ServerView.InstanceName(server));
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static void Object(Utf8JsonWriter w, Hypervisor host, Action<Utf8JsonWriter, Hypervisor> write)
    {
        w.WriteStartObject();
        write(w, host);
        w.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter w, Resources machine, Resources used, int servers)
    {
        w.WriteNumber("vcpus", machine.Vcpus);
        w.WriteNumber("vcpus_used", used.Vcpus);
        w.WriteNumber("memory_mb", machine.MemoryMib);
        w.WriteNumber("memory_mb_used", used.MemoryMib);
        w.WriteNumber("free_ram_mb", machine.MemoryMib - used.MemoryMib);
        w.WriteNumber("local_gb", machine.DiskGib);
        w.WriteNumber("local_gb_used", used.DiskGib);
        w.WriteNumber("free_disk_gb", machine.DiskGib - used.DiskGib);
        w.WriteNumber("disk_available_least", machine.DiskGib - used.DiskGib);
        w.WriteNumber("running_vms", servers);
        w.WriteNumber("current_workload", 0);
    }

    private static Resources UsedOf(HostView host) =>
        new(
            host.Total.Vcpus - host.Free.Vcpus,
            host.Machine.MemoryMib - host.Free.MemoryMib,
            host.Total.DiskGib - host.Free.DiskGib
        );
}
