using System.Collections.Concurrent;

namespace Pipeline.Identity.Federation;

/// <summary>The keys of issuers, fetched when they are needed, and kept. A key that is not known is looked for once a minute at most.</summary>
internal sealed class IssuerKeys(IdentityOptions options, TimeProvider time) : IDisposable
{
    private const int LongestSet = 256 * 1024; // bytes
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Uri, Known> known = new();
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly HttpClient http = new(options.ToIssuers())
    {
        MaxResponseContentBufferSize = LongestSet,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The way to issuers over the network.</summary>
    public static HttpMessageHandler Network() =>
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // an issuer does not choose whom we ask
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = Longest,
        };

    /// <param name="id">Null for a token that names none: then all its keys may be the one.</param>
    /// <exception cref="Fault">Unavailable when the issuer does not say its keys, and none are kept.</exception>
    public async ValueTask<IReadOnlyList<SigningKey>> FindAsync(OidcIssuer issuer, string? id, CancellationToken ct)
    {
        if (Fitting(issuer, id, Kept) is { } found)
            return found;
        using var late = new CancellationTokenSource(2 * Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await one.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Unreachable(issuer);
        }
        try
        {
            if (Fitting(issuer, id, Kept) is { } meanwhile)
                return meanwhile;
            if (!known.TryGetValue(issuer.Keys, out var last) || time.GetElapsedTime(last.AskedAt) >= Between)
                known[issuer.Keys] = new(await AskAsync(issuer, ct) ?? last?.Keys ?? [], time.GetTimestamp());
        }
        finally
        {
            one.Release();
        }
        return known[issuer.Keys].Keys.Count == 0
            ? throw Unreachable(issuer)
            : Fitting(issuer, id, TimeSpan.MaxValue) ?? [];
    }

    public void Dispose()
    {
        http.Dispose();
        one.Dispose();
    }

    // Null where they are not known, or were asked for too long ago.
    private List<SigningKey>? Fitting(OidcIssuer issuer, string? id, TimeSpan atMost) =>
        known.TryGetValue(issuer.Keys, out var found)
        && time.GetElapsedTime(found.AskedAt) < atMost
        && found.Keys.Where(key => id is null || key.Id == id).ToList() is { Count: > 0 } fitting
            ? fitting
            : null;

    // Null when it does not say: an issuer that is away for a while does not take its keys with it.
    private async Task<IReadOnlyList<SigningKey>?> AskAsync(OidcIssuer issuer, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var answer = await http.GetAsync(issuer.Keys, either.Token);
            if (answer.StatusCode == System.Net.HttpStatusCode.OK)
                return SigningKey.ReadSet(await answer.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (Exception wrong) when (wrong is HttpRequestException or FormatException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
        }
        return null;
    }

    private static Fault Unreachable(OidcIssuer issuer) =>
        new(FaultCode.Unavailable, $"The keys of the issuer {issuer.Issuer} cannot be had. Try again later.");

    private sealed record Known(IReadOnlyList<SigningKey> Keys, long AskedAt);
}
