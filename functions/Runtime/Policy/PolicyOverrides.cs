using Microsoft.Extensions.Logging;
using Pipeline.Runtime.Policy;

namespace Pipeline.Runtime;

/// <param name="Path">Null where operators override no rules.</param>
public sealed record PolicyFilePath(string? Path);

/// <summary>
/// Puts an operator's `policy.yaml` over the defaults, at start and whenever it was changed. One that cannot be read is refused, and what
/// held before it goes on to hold.
/// </summary>
public sealed class PolicyOverrides(Policies policies, PolicyFilePath file, ILogger<PolicyOverrides> logger)
{
    private readonly Lock gate = new();
    private (DateTime Written, long Length)? seen;

    /// <exception cref="Fault">BadRequest naming the line. A functions host does not start with rules other than those it was given.</exception>
    public void Load()
    {
        if (file.Path is null || Look(file.Path) is not { } found)
            return;
        lock (gate)
        {
            seen = found;
            policies.Override(PolicyFile.Read(File.ReadAllText(file.Path), [.. policies.Texts.Keys]));
        }
    }

    [Function("policy-reload")]
    public Task ReloadAsync([TimerTrigger("*/2 * * * * *")] TimerInfo timer)
    {
        if (file.Path is { } path)
            Reload(path);
        return Task.CompletedTask;
    }

    private void Reload(string path)
    {
        lock (gate)
        {
            var found = Look(path);
            if (found == seen)
                return;
            seen = found;
            try
            {
                var text = found is null ? "" : File.ReadAllText(path);
                policies.Override(PolicyFile.Read(text, [.. policies.Texts.Keys]));
                logger.LogInformation("the rules of {File} hold now", path);
            }
            catch (Exception refused) when (refused is Fault or IOException)
            {
                logger.LogError("{File} is refused, the rules before it stay: {Why}", path, refused.Message);
            }
        }
    }

    private static (DateTime Written, long Length)? Look(string path) =>
        new FileInfo(path) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : null;
}
