using Microsoft.Extensions.Configuration;

namespace Pipeline.Functions;

/// <summary>The functions host's own settings, beside those of listeners and host.json.</summary>
/// <param name="Data">Folder of the database and keys; the keys stay outside the database.</param>
/// <param name="Queue">`azure` (Azure Queue Storage, Azurite locally) or `database`.</param>
/// <param name="Storage">Connection string of the storage account for queues and blobs.</param>
internal sealed record AppSettings(string Data, string Queue, string Storage)
{
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
        return new(
            Path.GetFullPath(settings["data"] ?? ".pipeline"),
            queue,
            settings["AzureWebJobsStorage"] ?? "UseDevelopmentStorage=true"
        );
    }
}

internal static class HostUsage
{
    public const string Text = """
        usage: Pipeline.Functions [--root DIR] [--data DIR] [--port N] [--management-port N] [--address IP]
                                  [--public-url URL] [--queue azure|database] [--trusted-proxies IP,IP]

          --root DIR           the folder of host.json and local.settings.json (default: here)
          --data DIR           database and keys (default: .pipeline)
          --port N             the APIs (default 7071)
          --management-port N  health and metrics (default 7072)
          --address IP         where to listen (default 127.0.0.1)
          --public-url URL     what clients and guests call this cloud by (default: whatever they did call it by)
          --queue NAME         azure (default) or database

        Settings may also be environment variables, or Values in local.settings.json.
        AzureWebJobsStorage is the storage account's connection string (default: UseDevelopmentStorage=true, Azurite).
        OTEL_EXPORTER_OTLP_ENDPOINT sends traces to an OpenTelemetry collector.
        """;
}
