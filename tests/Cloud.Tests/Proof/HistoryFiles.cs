using Pipeline.Testing;
using Pipeline.Testing.Clouds;
using Pipeline.Testing.Histories;

namespace Pipeline.Cloud.Tests.Proof;

/// <summary>
/// The recorded histories: a folder an orchestration, in it a file for each way it was on, and one for each of its steps that
/// failed there.
/// </summary>
internal static class HistoryFiles
{
    private static readonly string Root = Path.Combine(Repository.Root, "tests", "Cloud.Tests", "Histories");

    /// <summary>Ways on which an orchestration is cut short; no step of theirs fails besides.</summary>
    private static readonly IReadOnlyList<Way> CutShort =
    [
        new(
            "a server is deleted while it builds",
            async cloud =>
            {
                var ordered = new TaskCompletionSource<string>();
                var late = new Place(Where.BeforeDriver, "EnsureGuest");
                cloud.Faults.Do(late, async () => await cloud.DeleteServerAsync(await ordered.Task));
                ordered.SetResult(await cloud.CreateServerAsync());
            }
        ),
        new(
            "a host is silent until the deadline",
            async cloud =>
            {
                await cloud.Hosts[0].KillAgentAsync();
                await cloud.CreateServerAsync();
                await cloud.PassAsync(TimeSpan.FromMinutes(40));
                cloud.Hosts[0].StartAgent();
            }
        ),
    ];

    public static IEnumerable<Way> AllWays => Ways.All.Concat(CutShort);

    public static bool AreWritten => Environment.GetEnvironmentVariable("GOLDEN") == "write";

    /// <summary>Every file's name below <see cref="Root"/>, without its ending.</summary>
    public static IReadOnlyList<string> All =>
        !Directory.Exists(Root)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Root, "*.json", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(Root, file)[..^".json".Length])
                    .Order(StringComparer.Ordinal),
            ];

    public static IReadOnlyList<RecordedHistory> Read(string name) =>
        RecordedHistory.Read(File.ReadAllText(PathOf(name)));

    /// <summary>The files that there must be: for each way, and for each step on it that fails.</summary>
    public static IEnumerable<string> Due(Way way)
    {
        var histories = Ordeal.Of(way).Histories;
        foreach (var name in Ordeal.Of(way).Orchestrations)
            yield return NameOf(name, way);
        foreach (var step in Steps(way))
        foreach (var name in histories.Where(h => Takes(h, step)).Select(h => h.Orchestration).Distinct())
            yield return NameOf(name, way, step);
    }

    /// <summary>Goes all ways, and again for each of their steps; what is on file is written anew.</summary>
    public static void Record()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
        foreach (var way in AllWays)
            Write(way);
    }

    private static void Write(Way way)
    {
        Write(Ordeal.Of(way).Histories, name => NameOf(name, way));
        foreach (var step in Steps(way))
            Write(Ordeal.OfFailure(way, step).Histories.Where(h => Takes(h, step)), name => NameOf(name, way, step));
    }

    private static void Write(IEnumerable<RecordedHistory> histories, Func<string, string> name)
    {
        foreach (var some in histories.GroupBy(h => h.Orchestration))
        {
            var path = PathOf(name(some.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, RecordedHistory.Write(some));
        }
    }

    private static IEnumerable<Place> Steps(Way way) =>
        CutShort.Contains(way) ? [] : Ordeal.Of(way).Places.Where(p => p.Where == Where.BeforeStep);

    private static bool Takes(RecordedHistory history, Place step) =>
        history.Events.Any(e => e.Kind == "TaskScheduled" && e.Name == step.Name);

    private static string NameOf(string orchestration, Way way) =>
        $"{orchestration}/{way.Name.Replace(' ', '-').Replace("'", "", StringComparison.Ordinal)}";

    private static string NameOf(string orchestration, Way way, Place step) =>
        $"{NameOf(orchestration, way)}.{step.Name}-{step.Nth}-fails";

    private static string PathOf(string name) => Path.Combine(Root, $"{name}.json");
}
