using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Agent.Metadata;

/// <summary>The EC2 tree that older guests read: one value a file, folders that list what is in them.</summary>
internal static class Ec2Documents
{
    public static IEnumerable<(string Path, byte[] Content)> Of(ServerMetadata server)
    {
        foreach (var (name, text) in Values(server))
            yield return ($"latest/meta-data/{name}", Encoding.UTF8.GetBytes(text));
        if (server.UserData is { } userData)
            yield return ("latest/user-data", userData);
    }

    private static IEnumerable<(string Name, string Text)> Values(ServerMetadata server)
    {
        yield return ("ami-launch-index", "0");
        yield return ("block-device-mapping/ami", "vda");
        yield return ("block-device-mapping/root", "/dev/vda");
        yield return ("hostname", server.HostName);
        yield return ("instance-action", "none");
        yield return ("instance-id", Id("i", server));
        yield return ("local-hostname", server.HostName);
        yield return ("local-ipv4", FirstIpv4(server) ?? "");
        yield return ("placement/availability-zone", server.AvailabilityZone);
        yield return ("public-hostname", server.HostName);
        yield return ("public-ipv4", "");
        yield return ("reservation-id", Id("r", server));
        foreach (var (number, key) in server.Keys.Index())
            yield return ($"public-keys/{number}/openssh-key", key.PublicKey);
        if (server.Keys.Count > 0)
            yield return (
                "public-keys/",
                string.Join('\n', server.Keys.Index().Select(key => $"{key.Index}={key.Item.Name}"))
            );
    }

    private static string Id(string kind, ServerMetadata server) => $"{kind}-{server.Id.Value.ToString("N")[..8]}";

    private static string? FirstIpv4(ServerMetadata server) =>
        server
            .Nics.SelectMany(nic => nic.Addresses)
            .Select(address => IPAddress.Parse(address.Address))
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
            ?.ToString();
}
