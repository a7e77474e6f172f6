using Microsoft.Extensions.Configuration;

namespace Pipeline.Runtime;

/// <summary>A trigger's text may name a setting, as `%CleanupSchedule%`.</summary>
internal static class TriggerText
{
    /// <exception cref="InvalidOperationException">The setting is missing; the message names function and setting.</exception>
    public static string Resolve(FunctionMethod function, string text, IConfiguration settings) =>
        text is not ['%', .. var name, '%'] ? text
        : settings[name] is { Length: > 0 } value ? value
        : throw new InvalidOperationException($"{function}: the setting {name} is missing.");
}
