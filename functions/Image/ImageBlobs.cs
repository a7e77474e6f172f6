using Pipeline.Runtime.Storage;

namespace Pipeline.Image;

/// <summary>The container `images`, which the composition root has created: a blob `{image}/{upload}` for each file.</summary>
public sealed record ImageBlobs(IBlobs Blobs)
{
    internal static string NameOf(ImageId image, string upload) => $"{image}/{upload}";

    /// <summary>The image and upload of a blob's name; null for a name that is none of ours.</summary>
    internal static (ImageId Image, string Upload)? Parse(string name) =>
        name.Split('/') is [var image, { Length: > 0 } upload] && ImageId.TryParse(image, out var id)
            ? (id, upload)
            : null;
}
