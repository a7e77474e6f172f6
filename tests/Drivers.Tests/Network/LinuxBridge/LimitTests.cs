using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>What really passes between guests.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const int Bytes = 1_500_000;
    private static readonly HostLimit Slow = new(Kbps: 8000, BurstKbits: 800);

    private BridgeHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_guest_sends_and_is_sent_as_much_as_its_limits_allow_and_all_once_they_are_gone()
    {
        var network = Specs.Network(_host.Cloud);
        var limited = Specs.Port(network, 11).With(Specs.In()) with { IngressLimit = Slow, EgressLimit = Slow };
        var free = Specs.Port(network, 12).With(Specs.In());
        await _host.EnsureAsync(network, limited, free);
        var (guest, other) = (await _host.AttachAsync(limited), await _host.AttachAsync(free));
        await IsLimitedAsync(guest, other, "10.0.0.12");
        await IsLimitedAsync(other, guest, "10.0.0.11");
        await _host.Driver().EnsurePortAsync(limited with { IngressLimit = null, EgressLimit = null }, Ct);
        Assert.Equal((null, null), await _host.LimitsAsync(limited));
        Assert.True(await guest.PingsAsync("10.0.0.12"));
        Assert.True(await SendAsync(guest, other, "10.0.0.12") < AtLeast);
    }

    [Fact]
    public async Task A_limit_of_next_to_nothing_lets_frames_pass_all_the_same()
    {
        var network = Specs.Network(_host.Cloud);
        var limited = Specs.Port(network, 11).With(Specs.In()) with
        {
            IngressLimit = new(16, 1),
            EgressLimit = new(16, 1),
        };
        var free = Specs.Port(network, 12).With(Specs.In());
        await _host.EnsureAsync(network, limited, free);
        var guest = await _host.AttachAsync(limited);
        await _host.AttachAsync(free);
        Assert.True(await guest.PingsAsync("10.0.0.12"));
    }

    [Fact]
    public void A_bucket_holds_a_frame_and_stays_within_what_the_kernel_counts()
    {
        Assert.Equal(
            "qdisc replace dev x root tbf rate 1000kbit burst 100000 limit 68472",
            TokenBucket.Of(new(1000, 800), mtu: 1450).On("x")
        );
        Assert.Equal(2 * 1468, TokenBucket.Of(new(1, 1), mtu: 1450).Burst);
        var largest = TokenBucket.Of(new(int.MaxValue, int.MaxValue), mtu: 1450);
        Assert.Equal((1L << 30, 1L << 30), (largest.Burst, largest.Queue));
    }

    /// <summary>The time that the limit allows for, less a tenth: what is on its way when the clock begins.</summary>
    private static TimeSpan AtLeast =>
        TimeSpan.FromSeconds(0.9 * (Bytes - Slow.BurstKbits * 125) / (Slow.Kbps * 125.0));

    private static async Task IsLimitedAsync(Guest from, Guest to, string address)
    {
        var took = await SendAsync(from, to, address);
        Assert.InRange(took, AtLeast, TimeSpan.FromSeconds(15));
    }

    private static async Task<TimeSpan> SendAsync(Guest from, Guest to, string address)
    {
        using var listener = to.Listen(5001);
        using var sending = await from.ConnectAsync(address, 5001);
        using var receiving = await listener.AcceptAsync(Ct);
        var began = TimeProvider.System.GetTimestamp();
        var sent = sending.SendAsync(new byte[Bytes], Ct).AsTask();
        var buffer = new byte[65536];
        for (var left = Bytes; left > 0; )
            left -= await receiving.ReceiveAsync(buffer, Ct);
        await sent;
        return TimeProvider.System.GetElapsedTime(began);
    }
}
