using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipeline.Drivers;

/// <summary>
/// One thread that starts every command. Linux sends a child its parent-death signal when the *thread* that started it
/// ends (prctl(2), PR_SET_PDEATHSIG), and threads of the pool end long before the agent does.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<Action> Starts = Open();

    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception cause)
            {
                started.SetException(cause);
            }
        });
        return started.Task;
    }

    private static BlockingCollection<Action> Open()
    {
        var starts = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
                start();
        });
        thread.IsBackground = true;
        thread.Name = "command spawner";
        thread.Start();
        return starts;
    }
}
