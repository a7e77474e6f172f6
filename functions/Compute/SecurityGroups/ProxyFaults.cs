namespace Pipeline.Compute.SecurityGroups;

/// <summary>The network service's faults as Nova passes them on.</summary>
internal static class ProxyFaults
{
    /// <exception cref="Fault">BadRequest in place of a Conflict.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict)
        {
            throw Fault.BadRequest(fault.Message);
        }
    }

    /// <exception cref="Fault">BadRequest when it is no id.</exception>
    public static SecurityGroupId Group(string id) =>
        Guid.TryParse(id, out var value) ? new(value) : throw Fault.BadRequest("Security group id should be a UUID");
}
