using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>Where the guests of one data folder lie.</summary>
internal sealed class GuestFolders(QemuOptions options)
{
    private const int LongestSocketPath = 107;

    private readonly Lock _naming = new();
    private readonly string _root = Path.Combine(Path.GetFullPath(options.DataDir), "guests");

    /// <summary>Makes the folder of guests and, where its path is too long for sockets, a short name for it.</summary>
    public void Prepare()
    {
        SafeFile.MakeFolder(_root);
        if (SocketRoot == _root || new FileInfo(SocketRoot).LinkTarget == _root)
            return;
        SafeFile.MakeFolder(options.RuntimeDir);
        lock (_naming)
        {
            File.Delete(SocketRoot);
            File.CreateSymbolicLink(SocketRoot, _root);
        }
    }

    public GuestFolder Of(ServerId id) => new(id, Path.Combine(_root, $"{id}"), Path.Combine(SocketRoot, $"{id}"));

    public IEnumerable<GuestFolder> All() =>
        Directory.Exists(_root)
            ? Directory
                .EnumerateDirectories(_root)
                .Order(StringComparer.Ordinal)
                .SelectMany(path =>
                    ServerId.TryParse(Path.GetFileName(path), out var id) ? [Of(id)] : (GuestFolder[])[]
                )
            : [];

    private string SocketRoot => Encoding.UTF8.GetByteCount(Of(_root)) > LongestSocketPath ? ShortName : _root;

    private string ShortName =>
        Path.Combine(
            options.RuntimeDir,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_root)))[..12]
        );

    private static string Of(string root) => new GuestFolder(default, root, $"{root}/{Guid.Empty}").SerialSocket;
}
