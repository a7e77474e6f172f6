using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Clouds;

namespace Pipeline.Benchmarks.Groups;

/// <summary>From the call that gives a running guest a floating address until somebody outside is answered by it.</summary>
internal static class FloatingAddresses
{
    private const string Floating = "/network/v2.0/floatingips";
    private const int Rounds = 7;
    private const int Warm = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        AskOften(bench.Cloud.Data);
        await bench.Cloud.Demo.AllowSshAsync(bench.Stop);
        var place = await Workplace.OnAsync(bench, "private");
        var server = await place.OrderAsync("guest");
        await place.BuiltAsync(server);
        var ports = await bench.Cloud.Demo.GetAsync($"/network/v2.0/ports?device_id={server}", bench.Stop);
        var port = (string)ports!["ports"]![0]!["id"]!;
        var outside = await bench.Cloud.Demo.GetAsync("/network/v2.0/networks?name=public", bench.Stop);
        var network = (string)outside!["networks"]![0]!["id"]!;
        await RoundAsync(bench, network, port); // the guest has booted when this is over
        var (answered, reached) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var (call, packet) = await RoundAsync(bench, network, port);
            answered.Add(call);
            reached.Add(packet);
        }
        yield return new("network.floating.call", answered.Skip(Warm).ToList().Median(), "ms");
        yield return new("network.floating.first_packet", reached.Skip(Warm).ToList().Median(), "ms");
        await place.ClearAsync();
    }

    private static async Task<(double Call, double Packet)> RoundAsync(Bench bench, string network, string port)
    {
        var order = new JsonObject { ["floating_network_id"] = network, ["port_id"] = port };
        var began = bench.Time.GetTimestamp();
        var made = await bench.Cloud.Demo.PostAsync(Floating, new JsonObject { ["floatingip"] = order }, bench.Stop);
        var call = bench.Time.GetElapsedTime(began).TotalMilliseconds;
        var address = IPAddress.Parse((string)made["floatingip"]!["floating_ip_address"]!);
        while (!await AnswersAsync(address, bench))
            if (bench.Time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"nothing answers at {address}");
        var packet = bench.Time.GetElapsedTime(began).TotalMilliseconds;
        var gone = $"{Floating}/{made["floatingip"]!["id"]}";
        await bench.Cloud.Demo.SendAsync(HttpMethod.Delete, gone, null, bench.Stop);
        return (call, packet);
    }

    /// <summary>A connection, or its refusal by a guest that still boots: both are the guest's own answer.</summary>
    private static async Task<bool> AnswersAsync(IPAddress address, Bench bench)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), bench.Time);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, 22), patience.Token);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await Task.Delay(Glance, bench.Time, bench.Stop);
            return false;
        }
    }

    /// <summary>This machine asks for an address that nobody has yet once a second: too seldom to measure anything. On the bed's bridge it asks often.</summary>
    private static void AskOften(string data)
    {
        var tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..4];
        var milliseconds = ((int)Glance.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        File.WriteAllText($"/proc/sys/net/ipv4/neigh/plex{tag}/retrans_time_ms", milliseconds);
        File.WriteAllText($"/proc/sys/net/ipv4/neigh/plex{tag}/mcast_solicit", "100");
    }
}
