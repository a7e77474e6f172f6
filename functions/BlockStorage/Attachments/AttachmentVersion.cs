namespace Pipeline.BlockStorage.Attachments;

/// <summary>Since when attachments can be asked for.</summary>
internal static class AttachmentVersion
{
    public static readonly Microversion First = new(3, 27);
    public static readonly Microversion Complete = new(3, 44);
    public static readonly Microversion Mode = new(3, 54);

    /// <exception cref="Fault">NotFound: for an older client there is no such thing.</exception>
    public static void Require(Microversion asked, Microversion since)
    {
        if (asked < since)
            throw Fault.NotFound($"API version {asked} is not supported on this method.");
    }
}
