namespace Pipeline.Benchmarks.Guests;

/// <summary>What a running guest's QEMU was told: its own command line says what machine it is and where its console is logged.</summary>
internal static class GuestWords
{
    private const string Log = ",logfile=";
    private static readonly string[] MachineWords = ["-machine", "-accel", "-cpu", "-m", "-smp"];

    public static IEnumerable<string> MachineOf(string server)
    {
        var words = Of(server);
        return words.Zip(words.Skip(1)).Where(pair => MachineWords.Contains(pair.First)).SelectMany(Both);
    }

    /// <summary>The file that holds what its console has said.</summary>
    public static string ConsoleOf(string server)
    {
        var word = Of(server).First(word => word.Contains(Log));
        return word[(word.IndexOf(Log, StringComparison.Ordinal) + Log.Length)..].Split(',')[0];
    }

    private static string[] Of(string server) =>
        Directory
            .EnumerateFiles(
                "/proc",
                "cmdline",
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }
            )
            .Select(ReadWords)
            .First(words => words.Contains($"guest={server}"));

    private static string[] Both((string Word, string Value) pair) => [pair.Word, pair.Value];

    private static string[] ReadWords(string file)
    {
        try
        {
            return File.ReadAllText(file).Split('\0');
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }
}
