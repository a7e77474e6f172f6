using System.Globalization;
using Microsoft.Extensions.Configuration;
using Pipeline.BlockStorage.Backends;
using Pipeline.BlockStorage.Zones;
using Pipeline.Identity.Federation;
using Pipeline.Identity.Passwords;
using Pipeline.Network;
using Pipeline.Placement.Ledger;

namespace Pipeline.Functions;

/// <summary>The functions host's own settings, beside those of listeners and host.json.</summary>
/// <param name="Data">Folder of the database and keys; the keys stay outside the database.</param>
/// <param name="Queue">`azure` (Azure Queue Storage, Azurite locally) or `database`.</param>
/// <param name="Blobs">Images and large messages: `azure` (Blob Storage) or `folder` (`blobs` in the data folder).</param>
/// <param name="Postgres">URL of a PostgreSQL database, which functions hosts may share; null for a SQLite file in `Data`.</param>
/// <param name="Storage">Connection string of the storage account for queues and blobs.</param>
/// <param name="SweepEvery">How often each host is compared with the records.</param>
internal sealed record AppSettings(
    string Data,
    string Queue,
    string Blobs,
    string? Postgres,
    string Storage,
    TimeSpan SweepEvery
)
{
    /// <summary>What is asked of passwords and logins.</summary>
    public PasswordRules Passwords { get; init; } = new();

    /// <summary>Issuers whose signed claims are a way in.</summary>
    public IReadOnlyList<OidcIssuer> Issuers { get; init; } = [];

    public VolumeWeighers Weighers { get; init; } = new();

    public ZoneRules Zones { get; init; } = new();
    public NetworkOptions Network { get; init; } = new();

    private static readonly TimeSpan ShortestSweep = TimeSpan.FromMinutes(1);

    /// <summary>The folder of host.json: `--root DIR`, else the working folder.</summary>
    public static string RootOf(string[] args)
    {
        var at = Array.IndexOf(args, "--root");
        return Path.GetFullPath(at >= 0 && at + 1 < args.Length ? args[at + 1] : ".");
    }

    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static AppSettings Of(IConfiguration settings)
    {
        var queue = settings["queue"] ?? "azure";
        if (queue is not ("azure" or "database"))
            throw Fault.BadRequest($"queue '{queue}' is neither azure nor database.");
        // Who does without queues of a storage account has none for blobs either, unless they say so.
        var blobs = settings["blobs"] ?? (queue == "database" ? "folder" : "azure");
        if (blobs is not ("azure" or "folder"))
            throw Fault.BadRequest($"blobs '{blobs}' is neither azure nor folder.");
        return new(
            Path.GetFullPath(settings["data"] ?? ".pipeline"),
            queue,
            blobs,
            settings["postgres"] is { Length: > 0 } url ? url : null,
            settings["AzureWebJobsStorage"] ?? "UseDevelopmentStorage=true",
            SweepOf(settings["sweepEvery"])
        )
        {
            Passwords = LoginSettings.RulesOf(settings),
            Issuers = LoginSettings.IssuersOf(settings),
            Weighers = new(
                MultiplierOf(settings, "capacityWeightMultiplier", 1),
                MultiplierOf(settings, "allocatedCapacityWeightMultiplier", 0),
                MultiplierOf(settings, "volumeNumberMultiplier", 0)
            ),
            Zones = new(FlagOf(settings, "allowAvailabilityZoneFallback")),
            Network = NetworkSettings.Of(settings),
        };
    }

    private static double MultiplierOf(IConfiguration settings, string name, double usual) =>
        settings[name] is not { } text ? usual
        : double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw Fault.BadRequest($"{name} '{text}' is no number, as -1.0.");

    private static bool FlagOf(IConfiguration settings, string name) =>
        settings[name] is not { } text ? false
        : bool.TryParse(text, out var flag) ? flag
        : throw Fault.BadRequest($"{name} '{text}' is neither true nor false.");

    private static TimeSpan SweepOf(string? text) =>
        text is null ? SweepOptions.Usual
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var every) && every >= ShortestSweep ? every
        : throw Fault.BadRequest($"sweepEvery '{text}' is no time span of at least a minute, as 00:05:00.");
}

internal static class HostUsage
{
    public const string Text = """
        usage: Pipeline.Functions [--root DIR] [--data DIR] [--port N] [--management-port N] [--address IP,IP]
                                  [--public-url URL] [--queue azure|database] [--blobs azure|folder]
                                  [--trusted-proxies IP,IP]

          --root DIR           the folder of host.json and local.settings.json (default: here)
          --data DIR           database and keys (default: .pipeline)
          --port N             the APIs (default 7071)
          --management-port N  health and metrics (default 7072)
          --address IP,IP      where to serve the APIs (default 127.0.0.1)
          --public-url URL     what clients and guests call this cloud by (default: whatever they did call it by)
          --queue NAME         azure (default) or database
          --blobs NAME         images and large messages: azure (default with queue azure), or folder, which is
                               blobs/ in the data folder (default with queue database; for one functions host)

        Settings may also be environment variables, or Values in local.settings.json.
        POSTGRES is the URL of a PostgreSQL database, postgres://user:password@host:port/database, which takes the place of
        the SQLite file in the data folder; functions hosts that share it need the same keys/ in theirs.
        AzureWebJobsStorage is the storage account's connection string (default: UseDevelopmentStorage=true, Azurite).
        Logs are JSON lines on standard output; a file there is kept below 16 MiB, what it held before is in FILE.old.
        sweepEvery is how often each host is compared with the records (default 00:05:00).
        capacityWeightMultiplier (1: volumes go where most room is; negative: where least is), and
        allocatedCapacityWeightMultiplier and volumeNumberMultiplier (0; -1: where least is allocated, or fewest volumes are)
        choose among the backends that could hold a volume.
        allowAvailabilityZoneFallback (false): volumes that name an unknown zone go where those go that name none.
        networkVlanRanges names the physical networks that carry tags of 802.1Q, and the tags of tenants' networks there, as
        physnet1:100:199,physnet2; what hosts call --physical is such a name (default: none).
        passwordHistory, passwordExpiresAfter, passwordMinimumAge, passwordRegex, passwordRegexDescription,
        changePasswordUponFirstUse, lockoutAttempts, lockoutDuration and disableInactiveAfter are the rules of passwords
        and logins (README); none is set by default.
        oidc__0__issuer, oidc__0__audience and oidc__0__keys name an issuer of logins (README).
        OTEL_EXPORTER_OTLP_ENDPOINT sends traces to an OpenTelemetry collector.
        """;
}
