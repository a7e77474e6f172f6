namespace Pipeline.Identity;

/// <summary>Keystone's words: clients show them, and some compare them.</summary>
internal static class Refusals
{
    /// <summary>Says nothing on which of user, password, scope or state was wrong.</summary>
    public static Fault Unauthorized() =>
        new(FaultCode.Unauthorized, "The request you have made requires authentication.");

    public static Fault Forbidden(string rule) =>
        Fault.Forbidden($"You are not authorized to perform the requested action: {rule}.");

    public static Fault NotFound(string kind, string id) => Fault.NotFound($"Could not find {kind}: {id}.");

    public static Fault Duplicate(string kind, string name) =>
        Fault.Conflict($"Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}.");
}
