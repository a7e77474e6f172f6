using System.Buffers.Binary;

namespace Pipeline.Benchmarks;

/// <summary>Counts the commits of a SQLite database from outside, in its write-ahead log (sqlite.org/fileformat2.html, 4).</summary>
internal static class WalCommits
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;

    /// <summary>How many commits happen during the work; it is done again when the log begins anew meanwhile.</summary>
    public static async Task<double> CountAsync(string database, Func<Task> work)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var (before, salt) = Read($"{database}-wal");
            await work();
            var (after, saltAfter) = Read($"{database}-wal");
            if (salt == saltAfter)
                return after - before;
        }
        throw new IOException("the write-ahead log begins anew too often to be counted");
    }

    // The last frame of a commit carries the size of the database; frames with another salt are left from before.
    private static (int Commits, ulong Salt) Read(string log)
    {
        using var file = File.Open(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> header = stackalloc byte[HeaderSize];
        file.ReadExactly(header);
        var page = BinaryPrimitives.ReadInt32BigEndian(header[8..]);
        var salt = BinaryPrimitives.ReadUInt64BigEndian(header[16..]);
        var commits = 0;
        Span<byte> frame = stackalloc byte[FrameHeaderSize];
        for (
            var at = (long)HeaderSize;
            file.ReadAtLeast(frame, FrameHeaderSize, throwOnEndOfStream: false) == FrameHeaderSize;
            at += FrameHeaderSize + page, file.Position = at
        )
        {
            if (BinaryPrimitives.ReadUInt64BigEndian(frame[8..]) != salt)
                break;
            if (BinaryPrimitives.ReadInt32BigEndian(frame[4..]) != 0)
                commits++;
        }
        return (commits, salt);
    }
}
