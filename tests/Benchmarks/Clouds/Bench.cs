using Pipeline.Benchmarks.Bare;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>What a benchmark works with: its cloud if it has one, its place on the disk, the clock.</summary>
/// <param name="Folder">The benchmark's own; removed at the end.</param>
/// <param name="FreePort">The first of a few ports that nobody else takes.</param>
internal sealed record Bench(
    RunningCloud? Running,
    string Folder,
    int FreePort,
    TimeProvider Time,
    CancellationToken Stop
)
{
    public RunningCloud Cloud => Running ?? throw new InvalidOperationException("this benchmark has no cloud");

    public Task<BareProcess> StartBareAsync() =>
        BareProcess.StartAsync(Path.Combine(Folder, "bare"), FreePort, Cloud.Process("functions"), Stop);
}
