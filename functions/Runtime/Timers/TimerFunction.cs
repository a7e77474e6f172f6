using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Runtime.Timers;

internal sealed record TimerCall(TimerInfo Info, CancellationToken Cancelled);

/// <summary>A function with a schedule, ready to run.</summary>
internal sealed record TimerFunction(string Name, Crontab Schedule, bool RunOnStartup, Func<TimerCall, Task> Run)
{
    /// <exception cref="InvalidOperationException">Its schedule is malformed or never comes; the message names it.</exception>
    public static TimerFunction Of(
        FunctionCompiler compiler,
        FunctionMethod function,
        IConfiguration settings,
        DateTimeOffset now
    )
    {
        var trigger = (TimerTriggerAttribute)function.Trigger;
        var schedule = Read(function, TriggerText.Resolve(function, trigger.Schedule, settings));
        if (schedule.Next(now) is null)
            throw new InvalidOperationException($"{function}: its schedule \"{trigger.Schedule}\" never comes.");
        return new(function.Name, schedule, trigger.RunOnStartup, compiler.Compile<TimerCall, Task>(function, Bind));
    }

    private static Crontab Read(FunctionMethod function, string text)
    {
        try
        {
            return new(text);
        }
        catch (FormatException malformed)
        {
            throw new InvalidOperationException($"{function}: in its schedule, {malformed.Message}.", malformed);
        }
    }

    private static MemberExpression? Bind(ParameterInfo parameter, ParameterExpression call) =>
        parameter.ParameterType == typeof(TimerInfo) ? Expression.Property(call, nameof(TimerCall.Info))
        : parameter.ParameterType == typeof(CancellationToken) ? Expression.Property(call, nameof(TimerCall.Cancelled))
        : null;
}
