using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>A client of DHCPv6 (RFC 8415) in a guest, as far as a test needs one.</summary>
internal sealed class Dhcpv6Client : IDisposable
{
    private const byte Solicit = 1;
    private const byte Advertise = 2;
    private const byte Request = 3;
    private const byte Reply = 7;
    private const byte InformationRequest = 11;
    private const int ClientId = 1;
    private const int ServerId = 2;
    private const int IdentityAssociation = 3;
    private const int IdentityAddress = 5;
    private const int OptionRequest = 6;
    private const int ElapsedTime = 8;
    private const int DnsServers = 23;
    private const int Searched = 24;
    private const int Tries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly IPEndPoint _servers;
    private readonly byte[] _mac;

    private Dhcpv6Client(Socket socket, int device, string mac)
    {
        _socket = socket;
        _servers = new(new IPAddress(IPAddress.Parse("ff02::1:2").GetAddressBytes(), device), 547);
        _mac = PhysicalAddress.Parse(mac).GetAddressBytes();
    }

    public static Dhcpv6Client In(string space, string mac) =>
        Inside.Run(
            space,
            () =>
            {
                var device = NetworkInterface.GetAllNetworkInterfaces().Single(d => d.Name == "eth0");
                var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 546));
                return new Dhcpv6Client(socket, device.GetIPProperties().GetIPv6Properties().Index, mac);
            }
        );

    /// <summary>Asks for an address; null when nobody answers.</summary>
    /// <returns>The address, where one was leased, and the name servers.</returns>
    public async Task<(string? Address, string[] Dns)?> LeaseAsync()
    {
        byte[] association = Option(IdentityAssociation, [0, 0, 0, 1, .. new byte[8]]);
        if (await AskAsync(Solicit, Advertise, association) is not { } offer)
            return null;
        if (AddressOf(offer) is null)
            return (null, DnsOf(offer));
        byte[] taken =
        [
            .. Option(ServerId, offer[ServerId]),
            .. Option(IdentityAssociation, offer[IdentityAssociation]),
        ];
        return await AskAsync(Request, Reply, taken) is { } lease ? (AddressOf(lease), DnsOf(lease)) : null;
    }

    /// <summary>Asks for all but an address; null when nobody answers.</summary>
    public async Task<string[]?> InformAsync() =>
        await AskAsync(InformationRequest, Reply, []) is { } told ? DnsOf(told) : null;

    public void Dispose() => _socket.Dispose();

    private async Task<Dictionary<int, byte[]>?> AskAsync(byte type, byte answer, byte[] options)
    {
        byte[] message =
        [
            type,
            1,
            2,
            type,
            .. Option(ClientId, [0, 3, 0, 1, .. _mac]),
            .. options,
            .. Option(OptionRequest, [0, DnsServers, 0, Searched]),
            .. Option(ElapsedTime, [0, 0]),
        ];
        var buffer = new byte[2048];
        for (var i = 0; i < Tries; i++)
        {
            await Eventually.IsTrueAsync(() => TrySendAsync(message), "a guest has an address on its link");
            using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
            try
            {
                while (true)
                {
                    var length = await _socket.ReceiveAsync(buffer, limit.Token);
                    if (buffer[0] == answer && buffer[3] == type)
                        return Read(buffer.AsSpan(4, length - 4));
                }
            }
            catch (OperationCanceledException)
            {
                // Nobody answered: asked once more.
            }
        }
        return null;
    }

    // The kernel takes its time to see that a link is up.
    private async Task<bool> TrySendAsync(byte[] message)
    {
        try
        {
            await _socket.SendToAsync(message, _servers);
            return true;
        }
        catch (SocketException early) when (early.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return false;
        }
    }

    private static string? AddressOf(Dictionary<int, byte[]> told) =>
        told.TryGetValue(IdentityAssociation, out var association)
        && Read(association.AsSpan(12)).TryGetValue(IdentityAddress, out var address)
            ? new IPAddress(address[..16]).ToString()
            : null;

    private static string[] DnsOf(Dictionary<int, byte[]> told) =>
        [.. told.GetValueOrDefault(DnsServers, []).Chunk(16).Select(address => new IPAddress(address).ToString())];

    private static byte[] Option(int code, byte[] content) =>
        [0, (byte)code, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static Dictionary<int, byte[]> Read(ReadOnlySpan<byte> options)
    {
        var found = new Dictionary<int, byte[]>();
        while (options.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            found[BinaryPrimitives.ReadUInt16BigEndian(options)] = options.Slice(4, length).ToArray();
            options = options[(4 + length)..];
        }
        return found;
    }
}
