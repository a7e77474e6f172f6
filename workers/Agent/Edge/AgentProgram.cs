using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts.Hosts;
using Pipeline.Runtime.Storage;

namespace Pipeline.Agent.Edge;

/// <summary>The agent's composition root.</summary>
internal static class AgentProgram
{
    private static readonly TimeSpan JoinAgain = TimeSpan.FromSeconds(1);

    /// <summary>So long an agent that was told to stop may take.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help"] or ["-h"] or [])
        {
            Console.WriteLine(AgentOptions.Usage);
            return args.Length == 0 ? 2 : 0;
        }
        try
        {
            using var stopping = new CancellationTokenSource();
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, stopping));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Stop(s, stopping));
            await RunAsync(AgentOptions.Parse(args), stopping.Token);
            return 0;
        }
        catch (Fault fault)
        {
            await Console.Error.WriteLineAsync($"agent: {fault.Message}");
            return 2;
        }
    }

    private static async Task RunAsync(AgentOptions options, CancellationToken stopping)
    {
        var time = TimeProvider.System;
        using var loggers = LoggerFactory.Create(b =>
            b.AddProvider(new JsonConsole(BoundedLog.OfStandardOutput(), time))
        );
        // Two agents on one journal would each do what the other has done.
        Directory.CreateDirectory(options.Data);
        var lockFile = Path.Combine(options.Data, "agent.lock");
        using var alone = await FolderLock.TakeAsync(lockFile, LockPatience, time, stopping);
        using var tracing = AgentTracing.Start(options.Name);
        using var control = new HttpControlPlane(options.Url, time);
        using var identity = await JoinAsync(options, control, loggers.CreateLogger("join"), time, stopping);
        control.Identity = identity;
        using var transport = new StorageTransport(time, Guid.NewGuid);
        using var journal = new JournalFile(Path.Combine(options.Data, "journal", "journal.jsonl"));
        var messages = await MessagesAsync(control, transport, time, stopping);
        var (drivers, inventory) = await HostParts.MakeAsync(options, identity, control, time, loggers, stopping);
        var agent = new HostAgent(identity, control, messages, journal, drivers, inventory, time, loggers);
        loggers.CreateLogger("agent").LogInformation("host {Host} ({Name}) is at work", identity.Host, options.Name);
        await agent.RunAsync(stopping);
    }

    /// <summary>The functions host may start later than its agents.</summary>
    private static async Task<AgentIdentity> JoinAsync(
        AgentOptions options,
        HttpControlPlane control,
        ILogger logger,
        TimeProvider time,
        CancellationToken ct
    )
    {
        while (true)
        {
            try
            {
                return await HostKeys.EnsureAsync(options, control, ct);
            }
            catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
            {
                logger.LogInformation("cannot join yet: {Reason}", fault.Message);
                await Task.Delay(JoinAgain, time, ct);
            }
        }
    }

    private static async Task<IHostMessages> MessagesAsync(
        HttpControlPlane control,
        StorageTransport transport,
        TimeProvider time,
        CancellationToken ct
    )
    {
        while (true)
        {
            try
            {
                var queue = await control.ShowQueueAsync(ct);
                return queue.Url is null ? new PulledMessages(control) : new QueueMessages(control, transport);
            }
            catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
            {
                await Task.Delay(JoinAgain, time, ct);
            }
        }
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stopping)
    {
        signal.Cancel = true;
        stopping.Cancel();
    }
}
