using System.Text;

namespace Pipeline.Agent.Edge;

/// <summary>The journal as a file of lines; an append is flushed to the disk before it returns.</summary>
internal sealed class JournalFile : IJournalFile, IDisposable
{
    private readonly string path;
    private FileStream file;

    public JournalFile(string path)
    {
        this.path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        file = Open();
    }

    public IReadOnlyList<string> ReadAll()
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    public void Append(string line)
    {
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    public void Replace(IEnumerable<string> lines)
    {
        var fresh = path + ".new";
        using (var writer = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            foreach (var line in lines)
                writer.Write(Encoding.UTF8.GetBytes(line + "\n"));
            writer.Flush(flushToDisk: true);
        }
        file.Dispose();
        File.Move(fresh, path, overwrite: true);
        file = Open();
    }

    public void Dispose() => file.Dispose();

    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
}
