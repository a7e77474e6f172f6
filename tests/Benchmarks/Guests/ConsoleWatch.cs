using System.Text;

namespace Pipeline.Benchmarks.Guests;

/// <summary>Waits for what a guest says on its console, by the file that logs it.</summary>
internal sealed class ConsoleWatch(string file, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private long _heard = new FileInfo(file).Length;

    /// <summary>Waits until it has said this, after what was heard before.</summary>
    /// <exception cref="TimeoutException">It did not within a minute.</exception>
    public async Task HearAsync(string words, CancellationToken ct) => await HearAsync(words, end: null, ct);

    /// <summary>The same, and the rest of that line.</summary>
    /// <exception cref="TimeoutException">It did not within a minute.</exception>
    public Task<string> HearLineAsync(string words, CancellationToken ct) => HearAsync(words, "\n", ct);

    private async Task<string> HearAsync(string words, string? end, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var buffer = new byte[64 * 1024];
        await using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        while (true)
        {
            log.Position = _heard;
            var said = Encoding.Latin1.GetString(buffer, 0, await log.ReadAsync(buffer, ct));
            var at = said.IndexOf(words, StringComparison.Ordinal);
            var from = at + words.Length;
            var to = at < 0 || end is null ? from : said.IndexOf(end, from, StringComparison.Ordinal);
            if (at >= 0 && to >= 0)
            {
                _heard += to;
                return said[from..to];
            }
            if (time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"the guest has not said '{words}' within {Patience.TotalSeconds} s");
            await Task.Delay(Glance, time, ct);
        }
    }
}
