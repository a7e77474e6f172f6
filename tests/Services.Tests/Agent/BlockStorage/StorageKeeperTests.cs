using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Agent.BlockStorage;

public sealed class StorageKeeperTests
{
    private const string Name = "disk";

    [Fact]
    public void It_opens_again_what_is_not_served_every_half_minute_also_after_a_failure() =>
        Run(
            async (metal, control, time) =>
            {
                metal.Failure = new Fault(FaultCode.DriverFailed, "no server today");
                await Task.Delay(TimeSpan.FromSeconds(29), time);
                Assert.Equal(0, metal.Looks);
                await Task.Delay(TimeSpan.FromSeconds(62), time);
                Assert.Equal(3, metal.Looks);
                Assert.Empty(control.Told);
            }
        );

    [Fact]
    public void What_matters_is_told_at_the_next_look_and_once() =>
        Run(
            async (metal, control, time) =>
            {
                metal.Statistics = Free(94);
                await Task.Delay(TimeSpan.FromSeconds(91), time);
                Assert.Equal([94], control.Told);
                metal.Statistics = Free(93);
                await Task.Delay(TimeSpan.FromSeconds(91), time);
                Assert.Equal([94], control.Told);
                metal.Statistics = Free(40);
                await Task.Delay(TimeSpan.FromSeconds(31), time);
                Assert.Equal([94, 40], control.Told);
            }
        );

    [Fact]
    public void A_little_is_told_within_five_minutes_and_next_to_nothing_never() =>
        Run(
            async (metal, control, time) =>
            {
                metal.Statistics = Free(99);
                await Task.Delay(TimeSpan.FromSeconds(301), time);
                Assert.Equal([99], control.Told);
                metal.Statistics = Free(98.9);
                await Task.Delay(TimeSpan.FromMinutes(30), time);
                Assert.Equal([99], control.Told);
            }
        );

    [Fact]
    public void What_was_not_heard_is_told_again() =>
        Run(
            async (metal, control, time) =>
            {
                (metal.Statistics, control.IsAway) = (Free(10), true);
                await Task.Delay(TimeSpan.FromSeconds(91), time);
                Assert.Empty(control.Told);
                control.IsAway = false;
                await Task.Delay(TimeSpan.FromSeconds(30), time);
                Assert.Equal([10], control.Told);
            }
        );

    [Fact]
    public void What_a_backend_can_and_how_large_it_is_matters_and_the_order_of_words_does_not()
    {
        var told = Free(50);
        Assert.False(Free(50).IsNewsAfter(told, small: true));
        Assert.False(
            (told with { Capabilities = told.Capabilities.Reverse().ToDictionary() }).IsNewsAfter(told, small: true)
        );
        VolumeStatistics[] news =
        [
            told with
            {
                Total = new Capacity(200),
            },
            told with
            {
                Free = Capacity.Unknown,
            },
            told with
            {
                Free = Capacity.Infinite,
            },
            told with
            {
                Capabilities = new Dictionary<string, bool> { ["multiattach"] = true, ["online"] = true },
            },
        ];
        foreach (var now in news)
            Assert.True(now.IsNewsAfter(told, small: false));
    }

    private static VolumeStatistics Free(double gib) =>
        new(
            "1",
            "Pipeline",
            "file",
            new Capacity(100),
            new Capacity(gib),
            new Dictionary<string, bool> { ["multiattach"] = false, ["online"] = true }
        );

    private static void Run(Func<Metal, Control, TimeProvider, Task> test)
    {
        var simulation = new SimulationContext(7);
        simulation.Run(async () =>
        {
            var (metal, control) = (new Metal { Statistics = Free(100) }, new Control());
            using var stop = new CancellationTokenSource();
            var keeper = new StorageKeeper(
                new Dictionary<string, IVolumeDriver> { [Name] = metal },
                [new(Name, "counting", 0, 1, metal.Statistics)],
                control,
                simulation.Time,
                NullLogger<StorageKeeper>.Instance
            );
            var running = keeper.RunAsync(stop.Token);
            await test(metal, control, simulation.Time);
            Assert.Equal(control.Told.LastOrDefault(100), Assert.Single(keeper.Told).Statistics.Free.Gib);
            stop.Cancel();
            await running;
        });
    }

    /// <summary>Counts how often it is looked at; is asked for nothing else.</summary>
    private sealed class Metal : IVolumeDriver, IVolumeExports
    {
        public required VolumeStatistics Statistics { get; set; }

        public int Looks { get; private set; }

        public Fault? Failure { get; set; }

        public string Name => "counting";

        public int Contract => DriverContract.Current;

        public Task RestoreExportsAsync(CancellationToken ct)
        {
            Looks++;
            return Failure is null ? Task.CompletedTask : throw Failure;
        }

        public Task<VolumeStatistics> ReadStatisticsAsync(CancellationToken ct) => Task.FromResult(Statistics);

        public Task<DriverReport> ProbeAsync(CancellationToken ct) => throw Unasked();

        public Task EnsureVolumeAsync(VolumeSpec spec, CancellationToken ct) => throw Unasked();

        public Task ExtendVolumeAsync(VolumeId id, long bytes, CancellationToken ct) => throw Unasked();

        public Task DeleteVolumeAsync(VolumeId id, CancellationToken ct) => throw Unasked();

        public IAsyncEnumerable<VolumeStatus> ListVolumesAsync(CancellationToken ct) => throw Unasked();

        public Task<VolumeConnection> EnsureExportAsync(ExportSpec spec, CancellationToken ct) => throw Unasked();

        public Task DeleteExportAsync(VolumeId volume, AttachmentId attachment, CancellationToken ct) =>
            throw Unasked();
    }

    /// <summary>Hears of backends; is called for nothing else.</summary>
    private sealed class Control : IControlPlane
    {
        public List<double> Told { get; } = [];

        public bool IsAway { get; set; }

        public Task SendBackendsAsync(HostBackends backends, CancellationToken ct)
        {
            if (IsAway)
                throw new Fault(FaultCode.Unavailable, "it is away");
            Told.Add(Assert.Single(backends.Backends).Statistics.Free.Gib!.Value);
            return Task.CompletedTask;
        }

        public Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken ct) => throw Unasked();

        public Task SendInventoryAsync(HostInventory inventory, CancellationToken ct) => throw Unasked();

        public Task SendHeartbeatAsync(HostBeat? beat, CancellationToken ct) => throw Unasked();

        public Task AskForSweepAsync(CancellationToken ct) => throw Unasked();

        public IAsyncEnumerable<HostSignal> ConnectAsync(CancellationToken ct) => throw Unasked();

        public Task SendAnswerAsync(HostAnswer answer, CancellationToken ct) => throw Unasked();

        public Task AnswerAskAsync(string ask, AskAnswer answer, CancellationToken ct) => throw Unasked();

        public Task SendPasswordAsync(ServerId server, GuestPassword password, CancellationToken ct) => throw Unasked();

        public Task<byte[]> FetchPayloadAsync(string blob, CancellationToken ct) => throw Unasked();

        public Task<Stream> OpenImageAsync(ImageId image, CancellationToken ct) => throw Unasked();

        public Task SendImageAsync(ImageId image, Func<Stream> open, CancellationToken ct) => throw Unasked();

        public Task SendBackupPartAsync(
            BackupId backup,
            string part,
            ReadOnlyMemory<byte> bytes,
            CancellationToken ct
        ) => throw Unasked();

        public Task<byte[]> FetchBackupPartAsync(BackupId backup, BackupId owner, string part, CancellationToken ct) =>
            throw Unasked();
    }

    private static InvalidOperationException Unasked([CallerMemberName] string member = "") =>
        new($"nobody asks for {member}");
}
