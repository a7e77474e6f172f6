using System.Text;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class BoundedLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-log-").FullName;

    private string Log => Path.Combine(folder, "log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_log_and_its_predecessor_stay_within_twice_the_limit()
    {
        using var log = Open();
        for (var i = 0; i < 1000; i++)
        {
            Write(log, $"line {i, 4}\n");
            Assert.InRange(Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length), 1, 220);
        }
        Assert.EndsWith("line  999\n", File.ReadAllText(Log + ".old") + File.ReadAllText(Log));
    }

    [Fact]
    public void What_it_held_is_kept_aside_once()
    {
        using var log = Open();
        foreach (var letter in "abc")
            Write(log, new string(letter, 101));
        Assert.Equal((new string('c', 101), ""), (File.ReadAllText(Log + ".old"), File.ReadAllText(Log)));
    }

    [Fact]
    public void Who_else_appends_goes_on_at_the_new_end()
    {
        using var other = new Appending(Log);
        using var log = Open();
        Write(log, new string('x', 101));
        other.Write("from the other"u8);
        Assert.Equal("from the other", File.ReadAllText(Log));
    }

    [Fact]
    public void What_a_former_process_wrote_counts()
    {
        File.WriteAllText(Log, new string('x', 95));
        using var log = Open();
        Write(log, "123456");
        Assert.Equal("", File.ReadAllText(Log));
    }

    [Fact]
    public void A_log_that_cannot_be_kept_aside_is_emptied_nonetheless()
    {
        Directory.CreateDirectory(Log + ".old");
        using var log = Open();
        Write(log, new string('x', 101));
        Assert.Equal("", File.ReadAllText(Log));
    }

    private BoundedLog Open() => new(new Appending(Log), Log, 100);

    private static void Write(BoundedLog log, string text) => log.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Standard output as a shell's `>>` opens it: every write lands at the file's end, wherever that is.</summary>
    private sealed class Appending(string file) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => File.AppendAllBytes(file, buffer);
    }
}
