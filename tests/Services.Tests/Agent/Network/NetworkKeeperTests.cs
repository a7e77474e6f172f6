using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Agent.Metadata;
using Pipeline.Agent.Network;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers;
using Pipeline.Drivers.Router.Fake;
using Pipeline.Testing.Simulation;

namespace Pipeline.Services.Tests.Agent.Network;

public sealed class NetworkKeeperTests
{
    [Fact]
    public void It_looks_when_the_agent_begins_and_every_half_minute() =>
        Run(
            async (keeper, metal, time, stop) =>
            {
                var running = keeper.RunAsync(stop.Token);
                Assert.Equal(1, metal.Looks);
                await Task.Delay(TimeSpan.FromSeconds(29), time);
                Assert.Equal(1, metal.Looks);
                await Task.Delay(TimeSpan.FromSeconds(62), time);
                Assert.Equal(4, metal.Looks);
                stop.Cancel();
                await running;
            }
        );

    [Fact]
    public void A_look_that_fails_is_not_the_last() =>
        Run(
            async (keeper, metal, time, stop) =>
            {
                metal.Failure = new Fault(FaultCode.DriverFailed, "no kernel today");
                var running = keeper.RunAsync(stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(31), time);
                Assert.Equal(2, metal.Looks);
                stop.Cancel();
                await running;
            }
        );

    [Fact]
    public void It_waits_for_its_turn_among_the_orders() =>
        Run(
            async (keeper, metal, time, stop) =>
            {
                var order = new TaskCompletionSource();
                var ordered = metal.Turn.RunAsync(
                    async () =>
                    {
                        await order.Task;
                        return Done.Instance;
                    },
                    stop.Token
                );
                var running = keeper.RunAsync(stop.Token);
                await Task.Delay(TimeSpan.FromMinutes(1), time);
                Assert.Equal(0, metal.Looks);
                order.SetResult();
                await ordered;
                await Task.Delay(TimeSpan.FromSeconds(1), time);
                Assert.Equal(1, metal.Looks);
                stop.Cancel();
                await running;
            }
        );

    private static void Run(Func<NetworkKeeper, Metal, TimeProvider, CancellationTokenSource, Task> test)
    {
        var simulation = new SimulationContext(7);
        simulation.Run(async () =>
        {
            var metal = new Metal();
            using var stop = new CancellationTokenSource();
            var keeper = new NetworkKeeper(
                metal.Turn,
                metal,
                new FakeRouterDriver(new FakeHost(), "cloud"),
                new FakeGuestDocuments(),
                simulation.Time,
                NullLogger<NetworkKeeper>.Instance
            );
            await test(keeper, metal, simulation.Time, stop);
        });
    }

    /// <summary>Counts how often it is looked at; is asked for nothing else.</summary>
    private sealed class Metal : INetworkDriver
    {
        public NetworkTurn Turn { get; } = new();

        public int Looks { get; private set; }

        public Fault? Failure { get; set; }

        public string Name => "counting";

        public int Contract => DriverContract.Current;

        public Task KeepAsync(CancellationToken ct)
        {
            Looks++;
            return Failure is null ? Task.CompletedTask : throw Failure;
        }

        public Task<DriverReport> ProbeAsync(CancellationToken ct) => throw Unasked();

        public Task<string?> EnsureNetworkAsync(HostNetwork network, CancellationToken ct) => throw Unasked();

        public Task RemoveNetworkAsync(NetworkId id, CancellationToken ct) => throw Unasked();

        public Task<string?> EnsurePortAsync(HostPort port, CancellationToken ct) => throw Unasked();

        public Task RemovePortAsync(PortId id, CancellationToken ct) => throw Unasked();

        public Task EnsureNamesAsync(HostNames names, CancellationToken ct) => throw Unasked();

        public Task<NetworkHoldings> ListAsync(CancellationToken ct) => throw Unasked();

        private static InvalidOperationException Unasked() => new("nobody asks for this");
    }
}
