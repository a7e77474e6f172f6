namespace Pipeline.Network.Quotas;

internal static class QuotaRights
{
    /// <summary>A project reads its own limits; an admin any project's.</summary>
    /// <exception cref="Fault">Forbidden for another project's.</exception>
    public static ProjectId Readable(Caller caller, string project)
    {
        if (!ProjectId.TryParse(project, out var id))
            throw Fault.NotFound("The resource could not be found.");
        return caller.IsAdmin || caller.ProjectId == id ? id : throw NeutronFault.Forbidden("get_quota");
    }
}
