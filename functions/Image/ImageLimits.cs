using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Image;

/// <param name="MaxBytes">The largest file of an image; a larger upload is 413.</param>
public sealed record ImageLimits(long MaxBytes)
{
    private const string Setting = "Image:MaxBytes";

    /// <summary>100 GiB.</summary>
    public static ImageLimits Default { get; } = new(100L << 30);

    /// <exception cref="InvalidOperationException">The setting is not a number of bytes.</exception>
    public static ImageLimits Of(IConfiguration? settings)
    {
        if (settings?[Setting] is not { } text)
            return Default;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? new(bytes)
            : throw new InvalidOperationException($"The setting {Setting} must be a number of bytes, not '{text}'.");
    }
}
