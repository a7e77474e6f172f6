using System.Threading.Channels;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>What every driver promises that notices by itself when a guest has ended.</summary>
public abstract class GuestWatchContract
{
    protected const string Cloud = "cloud-a";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract IHypervisorDriver Driver { get; }

    /// <summary>So long the driver takes at most to see what runs: it may look by the clock.</summary>
    protected abstract TimeSpan Look { get; }

    protected abstract Task<string> NewRootDiskAsync();

    /// <summary>The guest switches itself off.</summary>
    protected abstract Task PowerOffInsideAsync(ServerId id);

    /// <summary>The guest's machine is taken away under it.</summary>
    protected abstract Task KillAsync(ServerId id);

    [Fact]
    public async Task A_guest_that_switches_itself_off_is_noticed()
    {
        var driver = Driver;
        var guest = await RunningAsync(driver);
        await using var seen = await Seen.BeginAsync(driver, Look);
        await PowerOffInsideAsync(guest);
        Assert.Equal(guest, await seen.NextAsync());
        Assert.Equal(GuestState.Off, Assert.Single(await ListAsync(driver)).State);
    }

    [Fact]
    public async Task A_guest_that_is_killed_is_noticed_and_again_after_its_next_start()
    {
        var driver = Driver;
        var guest = await RunningAsync(driver);
        await using var seen = await Seen.BeginAsync(driver, Look);
        await KillAsync(guest);
        Assert.Equal(guest, await seen.NextAsync());
        await driver.StartGuestAsync(guest, Ct);
        await seen.LookedAsync();
        await KillAsync(guest);
        Assert.Equal(guest, await seen.NextAsync());
    }

    [Fact]
    public async Task A_guest_that_was_asked_to_end_is_no_news()
    {
        var driver = Driver;
        var (stopped, destroyed, other) = (
            await RunningAsync(driver),
            await RunningAsync(driver),
            await RunningAsync(driver)
        );
        await using var seen = await Seen.BeginAsync(driver, Look);
        await driver.StopGuestAsync(stopped, TimeSpan.Zero, Ct);
        await driver.DestroyGuestAsync(destroyed, Ct);
        await seen.LookedAsync();
        await KillAsync(other);
        Assert.Equal(other, await seen.NextAsync()); // the first that is told
    }

    private async Task<ServerId> RunningAsync(IHypervisorDriver driver)
    {
        var id = new ServerId(Guid.NewGuid());
        await driver.EnsureGuestAsync(new(id, Cloud, "vm", 1, 32, await NewRootDiskAsync(), [], ConfigDrive: null), Ct);
        return id;
    }

    private static async Task<List<GuestStatus>> ListAsync(IHypervisorDriver driver)
    {
        var guests = new List<GuestStatus>();
        await foreach (var guest in driver.ListGuestsAsync(Ct))
            guests.Add(guest);
        return guests;
    }

    /// <summary>What a watch tells, for as long as a test looks.</summary>
    private sealed class Seen(TimeSpan look) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly Channel<ServerId> ended = Channel.CreateUnbounded<ServerId>();
        private readonly CancellationTokenSource stop = new();
        private Task watching = Task.CompletedTask;

        public static async Task<Seen> BeginAsync(IHypervisorDriver driver, TimeSpan look)
        {
            var seen = new Seen(look);
            seen.watching = seen.WatchAsync(Assert.IsType<IGuestWatch>(driver, exactMatch: false));
            await seen.LookedAsync();
            return seen;
        }

        /// <summary>The driver has had time to see what runs now.</summary>
        public Task LookedAsync() => Task.Delay(look, TimeProvider.System, Ct);

        public async Task<ServerId> NextAsync()
        {
            using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
            return await ended.Reader.ReadAsync(limit.Token);
        }

        public async ValueTask DisposeAsync()
        {
            stop.Cancel();
            await watching;
            stop.Dispose();
        }

        private async Task WatchAsync(IGuestWatch watch)
        {
            try
            {
                await foreach (var id in watch.EndedAsync(stop.Token))
                    ended.Writer.TryWrite(id);
            }
            catch (OperationCanceledException)
            {
                // The test has seen enough.
            }
        }
    }
}
