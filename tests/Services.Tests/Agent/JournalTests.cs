using System.Diagnostics;
using Pipeline.Agent;
using Pipeline.Agent.Edge;
using Pipeline.Services.Tests.Runtime;

namespace Pipeline.Services.Tests.Agent;

public sealed class JournalTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-journal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_written_is_known_after_a_restart()
    {
        using (var file = NewFile())
        {
            var journal = new Journal(file, time);
            Assert.True(journal.TryEnter(1, "server/a", 7));
            journal.Remember(1, new("a/1", 1, "{}", null, 0.5));
        }
        using var again = NewFile();
        var after = new Journal(again, time);
        Assert.False(after.TryEnter(1, "server/a", 6));
        Assert.True(after.TryEnter(1, "server/a", 7));
        Assert.Equal("{}", after.Find(1, "a/1", 1)!.Result);
        Assert.Null(after.Find(1, "a/1", 2));
    }

    [Fact]
    public void A_step_that_never_ended_is_counted_over_restarts()
    {
        for (var before = 0; before < 3; before++)
        {
            using var file = NewFile();
            Assert.Equal(before, new Journal(file, time).Begin(1, "a/1", 1));
        }
        using var last = NewFile();
        var journal = new Journal(last, time);
        journal.Interrupt(1, "a/1", 1);
        Assert.Equal(2, journal.Begin(1, "a/1", 1));
        journal.Remember(1, new("a/1", 1, "{}", null, 0));
        Assert.Equal(0, journal.Begin(1, "a/1", 1));
        Assert.Equal(0, journal.Begin(1, "a/1", 2));
    }

    [Fact]
    public void A_torn_last_line_spoils_nothing()
    {
        using (var file = NewFile())
            Assert.True(new Journal(file, time).TryEnter(1, "server/a", 7));
        File.AppendAllText(Path.Combine(folder, "journal"), "{\"At\":\"20");
        using var torn = NewFile();
        var journal = new Journal(torn, time);
        Assert.False(journal.TryEnter(1, "server/a", 6));
        Assert.True(journal.TryEnter(1, "server/b", 1));
    }

    [Fact]
    public void On_a_full_disk_the_journal_goes_on_with_its_reserve()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a small disk of its own needs root");
        Run("mount", "-t", "tmpfs", "-o", "size=2m", "pipeline-journal", folder);
        try
        {
            using var file = NewFile();
            var journal = new Journal(file, time);
            Fill(Path.Combine(folder, "filler"));
            for (var epoch = 1; epoch <= 500; epoch++)
                Assert.True(journal.TryEnter(1, "server/a", epoch));
            Fill(Path.Combine(folder, "more"));
            Assert.Throws<IOException>(() =>
            {
                for (var epoch = 501; epoch <= 1000; epoch++)
                    journal.TryEnter(1, "server/a", epoch);
            });
            using (var full = NewFile())
                Assert.False(new Journal(full, time).TryEnter(1, "server/a", 1));
            File.Delete(Path.Combine(folder, "filler"));
            Assert.True(journal.TryEnter(1, "server/a", 2000));
            using var again = NewFile();
            Assert.False(new Journal(again, time).TryEnter(1, "server/a", 1999));
        }
        finally
        {
            Run("umount", folder);
        }
    }

    private JournalFile NewFile() => new(Path.Combine(folder, "journal"));

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // The disk is full, as wanted.
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
