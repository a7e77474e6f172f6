using Pipeline.Runtime.Http;

namespace Pipeline.Services.Tests.Runtime;

public sealed class StallGuardTests
{
    [Fact]
    public void An_upload_that_falls_silent_is_refused() =>
        Turns.Run(async () =>
        {
            var time = new ManualTime();
            await using var guard = new StallGuard(new Silent(), time, StallGuard.Patience);
            var reading = guard.ReadAsync(new byte[10], CancellationToken.None).AsTask();
            time.Advance(StallGuard.Patience - TimeSpan.FromSeconds(1));
            Assert.False(reading.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
            var fault = await Assert.ThrowsAsync<Fault>(() => reading);
            Assert.Contains("stalled", fault.Message);
        });

    [Fact]
    public void A_caller_that_gives_up_is_no_stall() =>
        Turns.Run(async () =>
        {
            await using var guard = new StallGuard(new Silent(), new ManualTime(), StallGuard.Patience);
            using var caller = new CancellationTokenSource();
            var reading = guard.ReadAsync(new byte[10], caller.Token).AsTask();
            caller.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        });

    /// <summary>A connection on which nothing comes.</summary>
    private sealed class Silent : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
