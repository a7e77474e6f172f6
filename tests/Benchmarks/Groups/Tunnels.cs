using System.Net;
using System.Net.Sockets;
using Pipeline.Benchmarks.Clouds;
using Pipeline.Benchmarks.Guests;

namespace Pipeline.Benchmarks.Groups;

/// <summary>
/// Two guests on two hosts of one tunnelled network, filtered, beside two on a bare bridge, in turns. Hosts and guests are namespaces of
/// one machine: what is compared is the path, not a wire.
/// </summary>
internal static class Tunnels
{
    private const int Rounds = 5;
    private const int Exchanges = 2000;
    private const int Port = 5001;
    private static readonly TimeSpan Stream = TimeSpan.FromSeconds(2);

    public static async IAsyncEnumerable<Figure> MeasureAsync(Bench bench)
    {
        await using var bed = await TunnelBed.MakeAsync(bench);
        var (tunnel, bare) = (new List<Passage>(), new List<Passage>());
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await PassAsync(bench, bed.BareGuests));
            tunnel.Add(await PassAsync(bench, bed.TunnelGuests));
        }
        yield return new("network.vxlan.stream", tunnel.ConvertAll(p => p.Megabits).Median(), "Mbit/s");
        yield return new("network.vxlan.bare.stream", bare.ConvertAll(p => p.Megabits).Median(), "Mbit/s");
        yield return new("network.vxlan.round_trip", tunnel.ConvertAll(p => p.Microseconds).Median(), "us");
        yield return new("network.vxlan.bare.round_trip", bare.ConvertAll(p => p.Microseconds).Median(), "us");
    }

    /// <summary>What goes from the first guest to the second in a while, and how long a byte takes there and back.</summary>
    private static async Task<Passage> PassAsync(Bench bench, (string From, string To, IPAddress Address) guests)
    {
        using var listener = SpaceSocket.Open(guests.To)!;
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(guests.Address, Port));
        listener.Listen();
        using var sender = SpaceSocket.Open(guests.From)!;
        var accepting = listener.AcceptAsync(bench.Stop);
        await sender.ConnectAsync(guests.Address, Port, bench.Stop);
        using var receiver = await accepting;
        (sender.NoDelay, receiver.NoDelay) = (true, true);
        return new(
            await Task.Run(() => StreamOf(bench, sender, receiver), bench.Stop),
            await Task.Run(() => RoundTripOf(bench, sender, receiver), bench.Stop)
        );
    }

    private static double RoundTripOf(Bench bench, Socket sender, Socket receiver)
    {
        var echo = new Thread(() =>
        {
            var one = new byte[1];
            for (var i = 0; i < Exchanges && receiver.Receive(one) == 1; i++)
                receiver.Send(one);
        });
        echo.Start();
        var byteBack = new byte[1];
        var began = bench.Time.GetTimestamp();
        for (var i = 0; i < Exchanges; i++)
        {
            sender.Send(byteBack);
            if (sender.Receive(byteBack) != 1)
                throw new IOException("the other guest has hung up");
        }
        echo.Join();
        return bench.Time.GetElapsedTime(began).TotalMicroseconds / Exchanges;
    }

    private static double StreamOf(Bench bench, Socket sender, Socket receiver)
    {
        const int piece = 64 * 1024;
        var began = bench.Time.GetTimestamp();
        var sent = 0L;
        var sending = new Thread(() =>
        {
            var bytes = new byte[piece];
            while (bench.Time.GetElapsedTime(began) < Stream)
                sent += sender.Send(bytes);
        });
        sending.Start();
        var (got, buffer) = (0L, new byte[piece]);
        receiver.ReceiveTimeout = 200; // the sender has ended and all has come
        try
        {
            while (receiver.Receive(buffer) is > 0 and var count)
                got += count;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock) { }
        sending.Join();
        receiver.ReceiveTimeout = 0;
        return got == sent
            ? got * 8 / 1e6 / Stream.TotalSeconds
            : throw new IOException($"{sent} bytes were sent and {got} have come");
    }

    private sealed record Passage(double Megabits, double Microseconds);
}
