using Microsoft.Extensions.Configuration;

namespace Pipeline.Runtime.Settings;

/// <summary>`local.settings.json`: settings of a run on this machine. It may hold secrets and stays out of git.</summary>
/// <param name="Values">Settings as environment variables would give them; the environment wins over them.</param>
/// <param name="LocalHttpPort">The port to listen on; null when it says none.</param>
/// <param name="Cors">Origins that browsers may call from; `*` for all.</param>
/// <param name="CorsCredentials">Whether those browsers may send credentials.</param>
public sealed record LocalSettings(
    IReadOnlyDictionary<string, string> Values,
    int? LocalHttpPort,
    IReadOnlyList<string> Cors,
    bool CorsCredentials
)
{
    public static LocalSettings None { get; } = new(new Dictionary<string, string>(), null, [], false);

    /// <param name="path">The file; an absent one is no settings.</param>
    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static LocalSettings Load(string path) =>
        File.Exists(path) ? Parse(Path.GetFileName(path), File.ReadAllBytes(path)) : None;

    public static LocalSettings Parse(string name, byte[] json)
    {
        var file = new SettingsFile(name, json);
        if (file.Find("IsEncrypted") is { } encrypted && encrypted.Bool())
            throw encrypted.Wrong("is true, but encrypted settings cannot be read; run func settings decrypt");
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, setting) in file.Below("Values"))
            values[key] = setting.String();
        foreach (var (key, setting) in file.Below("ConnectionStrings"))
            values[$"ConnectionStrings:{key}"] = setting.String();
        var origins = file.Find("Host.CORS")?.String() ?? "";
        var settings = new LocalSettings(
            values,
            file.Find("Host.LocalHttpPort")?.Int(0, 65535),
            origins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            file.Find("Host.CORSCredentials")?.Bool() ?? false
        );
        file.RefuseUnknown();
        return settings;
    }

    /// <summary>These values under the environment's; `__` in a name separates sections, as in environment variables.</summary>
    public IConfigurationBuilder AddTo(IConfigurationBuilder configuration) =>
        configuration
            .AddInMemoryCollection(
                Values.Select(value => KeyValuePair.Create(value.Key.Replace("__", ":"), (string?)value.Value))
            )
            .AddEnvironmentVariables();
}
