namespace Pipeline.BlockStorage.Attachments;

/// <summary>Since when attachments can be asked for.</summary>
internal static class AttachmentVersion
{
    public static readonly Microversion First = new(3, 27);
    public static readonly Microversion Complete = new(3, 44);
    public static readonly Microversion Mode = new(3, 54);
}
