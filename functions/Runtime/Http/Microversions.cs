using Microsoft.Extensions.Primitives;

namespace Pipeline.Runtime;

/// <param name="Done">True once every served route has this version's shape, by golden.</param>
public sealed record MicroversionRow(int Minor, bool Done, string Change);

/// <summary>
/// An API's microversion table. The advertised maximum is the last row before the first that is not done, so it starts
/// low and only rises. A service registers its table as a singleton.
/// </summary>
public sealed class Microversions
{
    private const string Header = "OpenStack-API-Version";
    private readonly string? legacyHeader;
    private readonly StringValues vary;
    private readonly string[] echoes;
    private readonly string[] bare;

    /// <param name="rows">The rows above the minimum, in order.</param>
    /// <param name="legacyHeader">The older header that carries the bare version, as `X-OpenStack-Nova-API-Version`.</param>
    public Microversions(
        Api api,
        Microversion minimum,
        IReadOnlyList<MicroversionRow> rows,
        string? legacyHeader = null
    )
    {
        Api = api;
        Minimum = minimum;
        Rows = rows;
        Maximum = minimum with { Minor = minimum.Minor + rows.TakeWhile(row => row.Done).Count() };
        this.legacyHeader = legacyHeader;
        vary = legacyHeader is null ? Header : $"{Header}, {legacyHeader}";
        bare =
        [
            .. Enumerable
                .Range(minimum.Minor, Maximum.Minor - minimum.Minor + 1)
                .Select(minor => $"{minimum.Major}.{minor}"),
        ];
        echoes = [.. bare.Select(version => $"{api.Name} {version}")];
    }

    public Api Api { get; }

    public Microversion Minimum { get; }

    public Microversion Maximum { get; }

    public IReadOnlyList<MicroversionRow> Rows { get; }

    /// <summary>Reads the asked version and writes it into the answer's headers, so that faults carry it too.</summary>
    /// <exception cref="Fault">BadRequest when malformed, NotAcceptable when out of range.</exception>
    public Microversion Negotiate(HttpContext context)
    {
        var asked = Asked(context.Request.Headers);
        var headers = context.Response.Headers;
        headers.Vary = StringValues.Concat(headers.Vary, vary);
        var version = asked switch
        {
            null => Minimum,
            "latest" => Maximum,
            _ when Microversion.TryParse(asked, out var parsed) => parsed,
            _ => throw Fault.BadRequest(
                $"API version string {asked} is of invalid format; it must be of format MajorNum.MinorNum."
            ),
        };
        if (version < Minimum || version > Maximum)
            throw new Fault(
                FaultCode.NotAcceptable,
                $"Version {version} is not supported by the API. Minimum is {Minimum} and maximum is {Maximum}."
            );
        headers[Header] = echoes[version.Minor - Minimum.Minor];
        if (legacyHeader is not null)
            headers[legacyHeader] = bare[version.Minor - Minimum.Minor];
        return version;
    }

    // The last entry of this service wins; the modern header beats the older one.
    private string? Asked(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Header, out var values))
            return legacyHeader is null || !headers.TryGetValue(legacyHeader, out var old) ? null : old[^1]?.Trim();
        string? asked = null;
        foreach (var value in values)
        foreach (var range in value.AsSpan().Split(','))
            asked = OfService(value.AsSpan(range).Trim()) ?? asked;
        return asked is null && legacyHeader is not null && headers.TryGetValue(legacyHeader, out var legacy)
            ? legacy[^1]?.Trim()
            : asked;
    }

    private string? OfService(ReadOnlySpan<char> entry)
    {
        var blank = entry.IndexOf(' ');
        return blank > 0 && entry[..blank].Equals(Api.Name, StringComparison.OrdinalIgnoreCase)
            ? entry[(blank + 1)..].Trim().ToString()
            : null;
    }
}
