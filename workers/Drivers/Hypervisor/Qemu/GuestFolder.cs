using System.Text.Json;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>All files of one guest. The guest exists on this host exactly as long as this folder does.</summary>
/// <param name="sockets">The folder by its short name: the path of a socket holds 107 bytes (unix(7)).</param>
internal sealed class GuestFolder(ServerId id, string path, string sockets)
{
    public ServerId Id => id;

    public string Path => path;

    public string Definition => In(path, "spec.json");

    public string ConfigDrive => In(path, "config.iso");

    /// <summary>The password of a volume's attachment, for QEMU to read.</summary>
    public string PasswordOf(AttachmentId attachment) => In(path, $"{attachment}.secret");

    public string Console => In(path, "console.log");

    /// <summary>What the console said before its log was last cut.</summary>
    public string ConsoleBefore => In(path, "console.old");

    /// <summary>Its path in QEMU's arguments is what tells a guest's process from all others.</summary>
    public string PidFile => In(path, "pid");

    public string QmpSocket => In(sockets, "qmp.sock");

    public string SerialSocket => In(sockets, "serial.sock");

    public string AgentSocket => In(sockets, "agent.sock");

    public bool Exists => Directory.Exists(path);

    /// <returns>Null when the guest was never wholly defined: an agent died before the definition was in place.</returns>
    public async Task<GuestDefinition?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(Definition, ct),
                GuestJson.Default.GuestDefinition
            );
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Puts the definition in place last: with it, all that a later start needs is there.</summary>
    public async Task WriteAsync(GuestDefinition definition, byte[]? configDrive, CancellationToken ct)
    {
        SafeFile.MakeFolder(path);
        if (configDrive is not null)
            await SafeFile.WriteAsync(ConfigDrive, configDrive, ct);
        var json = JsonSerializer.SerializeToUtf8Bytes(definition, GuestJson.Default.GuestDefinition);
        await SafeFile.WriteAsync(Definition, json, ct);
    }

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);
}
