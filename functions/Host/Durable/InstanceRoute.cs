using Pipeline.Durable;

namespace Pipeline.Functions.Durable;

/// <summary>
/// The management API's paths, as Durable Functions has them. An instance's id has no slash, so what stands beside
/// `instances` can be no instance.
/// </summary>
internal static class InstanceRoute
{
    public const string Root = "runtime/webhooks/durabletask";
    public const string All = Root + "/instances";
    public const string One = All + "/{id}";

    /// <summary>A tenant sees its project's; an operator all.</summary>
    public static bool Sees(this Caller caller, OrchestrationState state) =>
        caller.IsAdmin || state.Project == caller.Project.Value;

    public static Fault NotFound(string id) => Fault.NotFound($"There is no orchestration '{id}'.");
}
