using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pipeline.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// Answers guests at 169.254.169.254:80 in the namespace of every network that the folder names. Who asks is known by
/// network and address, both of which the network's filter vouches for. Guests may be hostile: all they get is bounded.
/// </summary>
internal sealed class MetadataServer(
    MetadataFolder folder,
    GuestRequests requests,
    TimeProvider time,
    Action<string> log
) : IDisposable
{
    private const int Backlog = 64;
    private static readonly IPEndPoint EndPoint = new(IPAddress.Parse("169.254.169.254"), 80);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AcceptAgain = TimeSpan.FromSeconds(1);
    private readonly Dictionary<NetworkId, Listener> _listeners = [];
    private readonly SemaphoreSlim _rung = new(0);

    /// <summary>Has the folder looked at now.</summary>
    public void Ring() => _rung.Release();

    /// <summary>Serves until it is told to stop. The folder is looked at when it is rung, and now and then.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Look();
            await WaitAsync(ct);
        }
    }

    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
            listener.Socket.Dispose();
        _rung.Dispose();
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var look = new CancellationTokenSource(LookAgain, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, ct);
        try
        {
            await _rung.WaitAsync(either.Token);
            while (_rung.Wait(0, CancellationToken.None)) { } // rung many times is looked at once
        }
        catch (OperationCanceledException)
        {
            // Nobody rang: time to look by itself, or to stop.
        }
    }

    private void Look()
    {
        var wanted = folder.ReadNetworks();
        foreach (var (id, listener) in _listeners.ToList())
            if (!wanted.TryGetValue(id, out var space) || listener.Identity != TryIdentify(space))
            {
                listener.Socket.Dispose();
                _listeners.Remove(id);
            }
        foreach (var (id, space) in wanted)
            if (!_listeners.ContainsKey(id))
                TryListen(id, space);
        Report();
    }

    private void TryListen(NetworkId id, string space)
    {
        try
        {
            var listener = new Listener(
                NetworkNamespace.Listen(space, EndPoint, Backlog),
                NetworkNamespace.IdentityOf(space)
            );
            _listeners.Add(id, listener);
            _ = ServeAsync(id, listener.Socket);
        }
        catch (Exception cause) when (cause is IOException or SocketException or UnauthorizedAccessException)
        {
            log($"network {id}: {cause.Message}");
        }
    }

    private static string? TryIdentify(string space)
    {
        try
        {
            return NetworkNamespace.IdentityOf(space);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Report()
    {
        string[] lines =
        [
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            .. _listeners.Keys.Select(id => $"{id}"),
        ];
        File.WriteAllLines(folder.ListeningFile + ".new", lines);
        File.Move(folder.ListeningFile + ".new", folder.ListeningFile, overwrite: true);
    }

    private async Task ServeAsync(NetworkId network, Socket listener)
    {
        var guests = new GuestLimit();
        while (true)
            try
            {
                var socket = await listener.AcceptAsync();
                if (socket.RemoteEndPoint is IPEndPoint { Address: var guest } && guests.TryEnter(guest))
                    _ = AnswerAsync(network, guest, socket, guests);
                else
                    socket.Dispose();
            }
            catch (Exception closed) when (closed is ObjectDisposedException || IsClosed(closed))
            {
                return; // its network has gone
            }
            catch (SocketException cause)
            {
                log($"network {network}: {cause.Message}");
                await Task.Delay(AcceptAgain, time);
            }
    }

    private static bool IsClosed(Exception cause) =>
        cause is SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.InvalidArgument };

    private async Task AnswerAsync(NetworkId network, IPAddress guest, Socket socket, GuestLimit guests)
    {
        try
        {
            using var _ = socket;
            await MetadataConnection.AnswerAsync(
                socket,
                (head, body) => requests.AnswerAsync(network, guest, head, body, CancellationToken.None),
                time
            );
        }
        catch (Exception cause) when (cause is SocketException or OperationCanceledException)
        {
            // A guest that hangs up or dawdles has only itself to blame.
        }
        catch (Exception cause)
        {
            log($"network {network}, guest {guest}: {cause}");
        }
        finally
        {
            guests.Leave(guest);
        }
    }

    private sealed record Listener(Socket Socket, string Identity);
}
