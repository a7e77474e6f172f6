using System.Text.Json;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Interfaces;

/// <summary>`ips`: a server's addresses by network name.</summary>
internal sealed class ListAddresses(ServerPorts ports)
{
    private const string Route = "compute/v2.1/servers/{id}/ips";

    [Function("compute-list-addresses"), Policy("os_compute_api:ips:index", Require.ProjectReader)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request,
        ServerId id,
        Caller caller
    )
    {
        var networks = (await ports.ReadAsync(id, caller)).GroupBy(p => p.NetworkName).ToList();
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject("addresses");
                foreach (var network in networks)
                    Write(w, network);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );
    }

    [Function("compute-show-addresses"), Policy("os_compute_api:ips:show", Require.ProjectReader)]
    public async Task<IResult> OfNetworkAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{network}")] HttpRequest request,
        ServerId id,
        string network,
        Caller caller
    )
    {
        var attached =
            (await ports.ReadAsync(id, caller)).GroupBy(p => p.NetworkName).FirstOrDefault(g => g.Key == network)
            ?? throw Fault.NotFound("Instance is not a member of specified network");
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                Write(w, attached);
                w.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter w, IGrouping<string, ServerPort> network)
    {
        w.WriteStartArray(network.Key);
        foreach (var address in network.SelectMany(p => p.Addresses))
        {
            w.WriteStartObject();
            w.WriteNumber("version", address.Address.Contains(':') ? 6 : 4);
            w.WriteString("addr", address.Address);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }
}
