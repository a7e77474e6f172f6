using System.Text;

namespace Pipeline.Agent.Edge;

/// <summary>
/// The journal as a file of lines; an append is flushed to the disk before it returns. A reserve beside it is given up
/// when the disk is full: without a journal nothing could be removed from it.
/// </summary>
internal sealed class JournalFile : IJournalFile, IDisposable
{
    private const int ReserveBytes = 1 << 20;
    private readonly string path;
    private FileStream file;

    public JournalFile(string path)
    {
        this.path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        CutTornLine();
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
        Write(line);
        file.Flush(flushToDisk: true);
    }

    public void Note(string line) => Write(line);

    public void Replace(IEnumerable<string> lines)
    {
        GiveUpReserve();
        var fresh = path + ".new";
        try
        {
            WriteAll(fresh, lines);
        }
        catch (IOException)
        {
            File.Delete(fresh); // the disk is full: the old file says the same at more length
            return;
        }
        file.Dispose();
        File.Move(fresh, path, overwrite: true);
        file = Open();
        TakeReserve();
    }

    public void Dispose() => file.Dispose();

    private static void WriteAll(string path, IEnumerable<string> lines)
    {
        using var writer = new FileStream(path, FileMode.Create, FileAccess.Write);
        foreach (var line in lines)
            writer.Write(Encoding.UTF8.GetBytes(line + "\n"));
        writer.Flush(flushToDisk: true);
    }

    /// <summary>The process died while it wrote its last line; the next one must not be appended to what there is of it.</summary>
    private void CutTornLine()
    {
        using var all = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (var end = all.Length; end > 0; end--)
        {
            all.Position = end - 1;
            if (all.ReadByte() != '\n')
                continue;
            if (end != all.Length)
                all.SetLength(end);
            return;
        }
        all.SetLength(0);
    }

    /// <summary>A line is there whole or not at all: what a full disk cut off would spoil the next one too.</summary>
    private void Write(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        var before = file.Length;
        try
        {
            file.Write(bytes);
        }
        catch (IOException)
        {
            file.SetLength(before);
            if (!GiveUpReserve())
                throw;
            file.Write(bytes);
        }
    }

    private void TakeReserve()
    {
        try
        {
            using var reserve = new FileStream(ReservePath, FileMode.Create, FileAccess.Write);
            reserve.Write(new byte[ReserveBytes]);
        }
        catch (IOException)
        {
            GiveUpReserve(); // the disk is full now; what is left of it belongs to the journal
        }
    }

    private bool GiveUpReserve()
    {
        if (!File.Exists(ReservePath))
            return false;
        File.Delete(ReservePath);
        return true;
    }

    private string ReservePath => path + ".reserve";

    /// <summary>Unbuffered: a line that was written is with the kernel, so it outlives the process.</summary>
    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}
