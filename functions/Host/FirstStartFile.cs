using System.Text.Json;
using Pipeline.Identity;

namespace Pipeline.Functions;

/// <summary>At the very first start the generated passwords go into a file of mode 0600, for the operator alone.</summary>
internal static class FirstStartFile
{
    public const string Name = "first-passwords.json";

    public static Task EnsureAsync(IServiceProvider services, AppSettings settings) =>
        services.EnsureIdentityAsync(passwords =>
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("admin", passwords.Admin);
                json.WriteString("demo", passwords.Demo);
                json.WriteEndObject();
            }
            Private.Write(Path.Combine(settings.Data, Name), buffer.ToArray());
            return Task.CompletedTask;
        });
}
