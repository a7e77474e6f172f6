using System.Globalization;

namespace Pipeline.Identity;

/// <summary>Keystone's spelling of time: microseconds and Z.</summary>
internal static class Times
{
    public static string Show(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
