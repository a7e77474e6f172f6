using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Edge;

/// <summary>The host's keys and what it learnt when it joined, in its data folder with mode 0600.</summary>
internal static class HostKeys
{
    /// <summary>Reads who this host is; joins when it does not know yet. A join interrupted anywhere is taken up again.</summary>
    public static async Task<AgentIdentity> EnsureAsync(
        AgentOptions options,
        IControlPlane control,
        CancellationToken ct
    )
    {
        Directory.CreateDirectory(
            options.Data,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        var signing = ECDsa.Create();
        signing.ImportFromPem(Key(options.Data, "signing.pem", () => ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        var sealing = ECDiffieHellman.Create();
        sealing.ImportFromPem(
            Key(options.Data, "sealing.pem", () => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256))
        );
        var joinedFile = Path.Combine(options.Data, "joined.json");
        if (File.Exists(joinedFile))
        {
            var text = await File.ReadAllTextAsync(joinedFile, ct);
            return new(signing, sealing, JsonSerializer.Deserialize(text, AgentJson.Default.JoinAnswer)!);
        }
        if (options.TokenFile is null || !File.Exists(options.TokenFile))
            throw new Fault(FaultCode.Unauthorized, "this host has not joined a cloud yet: --token-file is needed");
        var token = (await File.ReadAllTextAsync(options.TokenFile, ct)).Trim();
        var request = new JoinRequest(
            token,
            options.Name,
            signing.ExportSubjectPublicKeyInfo(),
            sealing.ExportSubjectPublicKeyInfo(),
            [.. options.Roles]
        );
        var joined = await control.JoinAsync(request, ct);
        Write(joinedFile, JsonSerializer.Serialize(joined, AgentJson.Default.JoinAnswer));
        return new(signing, sealing, joined);
    }

    private static string Key(string folder, string name, Func<ECAlgorithm> make)
    {
        var file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            using var key = make();
            Write(file, key.ExportPkcs8PrivateKeyPem());
        }
        return File.ReadAllText(file);
    }

    private static void Write(string file, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(file + ".new", options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(file + ".new", file, overwrite: true);
    }
}
