using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// A storage account, read from a connection string as Functions takes it in `AzureWebJobsStorage`:
/// `UseDevelopmentStorage=true`, or `AccountName` and `AccountKey` with `DefaultEndpointsProtocol` and
/// `EndpointSuffix` or with explicit `BlobEndpoint` and `QueueEndpoint`. Never prints its key.
/// </summary>
public sealed class StorageConnection
{
    // The emulator's account is public knowledge: its name and key stand in its documentation.
    private const string DevelopmentAccount = "devstoreaccount1";
    private const string DevelopmentKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private StorageConnection(string account, byte[] key, Uri blob, Uri queue)
    {
        Key = new SharedKey(account, key);
        BlobEndpoint = blob;
        QueueEndpoint = queue;
    }

    public string AccountName => Key.Account;

    public Uri BlobEndpoint { get; }

    public Uri QueueEndpoint { get; }

    internal SharedKey Key { get; }

    internal StorageAccess Access => new(Key, Sas: null);

    /// <summary>Throws `BadRequest` that names the setting at fault, never its value.</summary>
    public static StorageConnection Parse(string connectionString)
    {
        var settings = Settings(connectionString);
        return settings.GetValueOrDefault("UseDevelopmentStorage") is "true" or "True"
            ? Development(settings.GetValueOrDefault("DevelopmentStorageProxyUri"))
            : Account(settings);
    }

    public override string ToString() => $"{AccountName} ({BlobEndpoint}, {QueueEndpoint})";

    private static StorageConnection Development(string? proxy)
    {
        var host = (proxy ?? "http://127.0.0.1").TrimEnd('/');
        return new StorageConnection(
            DevelopmentAccount,
            Convert.FromBase64String(DevelopmentKey),
            Endpoint("DevelopmentStorageProxyUri", $"{host}:10000/{DevelopmentAccount}"),
            Endpoint("DevelopmentStorageProxyUri", $"{host}:10001/{DevelopmentAccount}")
        );
    }

    private static StorageConnection Account(Dictionary<string, string> settings)
    {
        var account = Required(settings, "AccountName");
        var key = KeyOf(Required(settings, "AccountKey"));
        var protocol = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = settings.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return new StorageConnection(account, key, For("Blob"), For("Queue"));

        Uri For(string service)
        {
            var setting = $"{service}Endpoint";
            var made = $"{protocol}://{account}.{service.ToLowerInvariant()}.{suffix}";
            return Endpoint(setting, settings.GetValueOrDefault(setting, made));
        }
    }

    private static Dictionary<string, string> Settings(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals <= 0 || !settings.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
                throw Fault.BadRequest("The storage connection string is not a list of distinct name=value settings.");
        }
        return settings;
    }

    private static string Required(Dictionary<string, string> settings, string name) =>
        settings.GetValueOrDefault(name) is { Length: > 0 } value
            ? value
            : throw Fault.BadRequest($"The storage connection string has no {name}.");

    private static byte[] KeyOf(string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length > 0
            ? key[..length]
            : throw Fault.BadRequest("The storage connection string's AccountKey is not base64.");
    }

    private static Uri Endpoint(string setting, string value) =>
        Uri.TryCreate(value.TrimEnd('/'), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw Fault.BadRequest($"The storage connection string's {setting} is not an http(s) URL.");
}
