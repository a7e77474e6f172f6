using System.Text;
using Pipeline.Drivers;

namespace Pipeline.Agent.BlockStorage;

/// <summary>Files of a host without metal: a word stands for what each holds, and zeros fill its first sector.</summary>
internal sealed class FakeVolumeFiles(FakeHost host) : IVolumeFiles
{
    private const int Sector = 512;

    public string PathOf(string name) => $"files/{name}";

    public Stream OpenRead(string path)
    {
        var word = Encoding.UTF8.GetBytes(host.Files[path].Content);
        var bytes = new byte[Math.Max(Sector, word.Length)];
        word.CopyTo(bytes, 0);
        return new MemoryStream(bytes, writable: false);
    }

    public Stream Create(string path, long bytes) => new NewFile(host, path, bytes);

    public void Remove(string path) => host.Files.Remove(path);

    /// <summary>What was written is the word, when it is closed.</summary>
    private sealed class NewFile(FakeHost host, string path, long bytes) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                host.Files[path] = new FakeFile(Encoding.UTF8.GetString(ToArray()).TrimEnd('\0'), bytes, "raw");
            base.Dispose(disposing);
        }
    }
}
