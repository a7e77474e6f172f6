using System.Security.Cryptography;

namespace Pipeline.Runtime.Agents;

/// <summary>The control plane's ECDSA P-256 key: hosts believe what it has signed, and nothing else.</summary>
public sealed class ControlKeys(ECDsa key) : IDisposable
{
    /// <summary>SubjectPublicKeyInfo, as agents keep it.</summary>
    public byte[] PublicKey { get; } = key.ExportSubjectPublicKeyInfo();

    /// <summary>Reads the key file, and makes it (mode 0600) at the first start.</summary>
    public static ControlKeys Load(string file)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(file))
        {
            key.ImportFromPem(File.ReadAllText(file));
            return new(key);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var fresh = file + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(fresh, options))
            writer.Write(key.ExportPkcs8PrivateKeyPem());
        File.Move(fresh, file, overwrite: true);
        return new(key);
    }

    public static ControlKeys Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public byte[] Sign(byte[] payload) => key.SignData(payload, HashAlgorithmName.SHA256);

    public void Dispose() => key.Dispose();
}
