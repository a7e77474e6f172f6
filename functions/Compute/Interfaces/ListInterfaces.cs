using System.Text.Json;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Interfaces;

/// <summary>`os-interface`: the ports of a server, as attachments.</summary>
internal sealed class ListInterfaces(ServerPorts ports)
{
    private const string Route = "compute/v2.1/servers/{id}/os-interface";

    [Function("compute-list-interfaces"), Policy("os_compute_api:os-attach-interfaces:list", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var attached = await ports.ReadAsync(id, caller);
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartArray("interfaceAttachments");
                foreach (var port in attached)
                    Write(w, port);
                w.WriteEndArray();
                w.WriteEndObject();
            }
        );
    }

    [Function("compute-show-interface"), Policy("os_compute_api:os-attach-interfaces:show", Require.ProjectReader)]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{port}")] HttpRequest request,
        ServerId id,
        string port,
        Caller caller
    )
    {
        var attached =
            (await ports.ReadAsync(id, caller)).FirstOrDefault(p => p.Id.ToString() == port)
            ?? throw Fault.NotFound($"Instance {id} does not have an interface on port {port}.");
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WritePropertyName("interfaceAttachment");
                Write(w, attached);
                w.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter w, ServerPort port)
    {
        w.WriteStartObject();
        w.WriteString("port_state", port.Status);
        w.WriteString("port_id", port.Id.Value);
        w.WriteString("net_id", port.Network.Value);
        w.WriteString("mac_addr", port.Mac);
        w.WriteStartArray("fixed_ips");
        foreach (var address in port.Addresses)
        {
            w.WriteStartObject();
            w.WriteString("subnet_id", address.Subnet.Value);
            w.WriteString("ip_address", address.Address);
            w.WriteEndObject();
        }
        w.WriteEndArray();
        w.WriteEndObject();
    }
}
