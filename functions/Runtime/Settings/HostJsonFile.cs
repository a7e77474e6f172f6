using System.Buffers;
using Microsoft.Extensions.Logging;
using Pipeline.Durable;

namespace Pipeline.Runtime.Settings;

/// <summary>Reads `host.json`; a wrong or unknown setting is refused by line and name.</summary>
public static class HostJsonFile
{
    private const string RateLimit = "extensions.http.rateLimit";
    private const string Queues = "extensions.queues";
    private const string Durable = "extensions.durableTask";
    private static readonly TimeSpan Never = TimeSpan.Zero;
    private static readonly SearchValues<char> NotPlain = SearchValues.Create(" {}?#%");

    /// <param name="path">The file; it must be there, as every Functions project has one.</param>
    /// <exception cref="Fault">BadRequest with a sentence for the operator.</exception>
    public static HostJson Load(string path) =>
        File.Exists(path)
            ? Parse(Path.GetFileName(path), File.ReadAllBytes(path))
            : throw Fault.BadRequest($"{path} is not there; a functions host starts in the folder that holds it.");

    public static HostJson Parse(string name, byte[] json)
    {
        var file = new SettingsFile(name, json);
        if (file.Find("version") is not { } version)
            throw Fault.BadRequest($"{name} line 1: version is missing; it must be \"2.0\".");
        if (version.Text != "2.0")
            throw version.Wrong("must be \"2.0\"");
        var host = new HostJson(
            RoutePrefixOf(file),
            TimeoutOf(file),
            QueuesOf(file),
            DurableOf(file),
            file.Below("logging.logLevel").ToDictionary(level => level.Name, level => level.Setting.Word<LogLevel>())
        )
        {
            RateLimit = RateLimitOf(file),
        };
        file.RefuseUnknown();
        return host;
    }

    private static string RoutePrefixOf(SettingsFile file) =>
        file.Find("extensions.http.routePrefix") switch
        {
            null => HostJson.Default.RoutePrefix,
            var prefix when !prefix.String().AsSpan().ContainsAny(NotPlain) => prefix.String().Trim('/'),
            var prefix => throw prefix.Wrong("must be a plain path"),
        };

    private static TimeSpan? TimeoutOf(SettingsFile file) =>
        file.Find("functionTimeout") switch
        {
            null => HostJson.Default.FunctionTimeout,
            { Text: "-1" } => null,
            var timeout => timeout.Span(TimeSpan.FromSeconds(1), TimeSpan.FromDays(10)),
        };

    // Off unless it says how many.
    private static RateLimitSettings? RateLimitOf(SettingsFile file)
    {
        var perPeriod = file.Find($"{RateLimit}.tokensPerPeriod");
        var period = file.Find($"{RateLimit}.replenishmentPeriod");
        if (file.Find($"{RateLimit}.tokenLimit") is not { } limit)
            return (perPeriod ?? period) is { } alone ? throw alone.Wrong("needs a tokenLimit beside it") : null;
        var tokens = limit.Int(1, int.MaxValue);
        return new(
            tokens,
            perPeriod?.Int(1, int.MaxValue) ?? tokens,
            period?.Span(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)) ?? TimeSpan.FromSeconds(1)
        );
    }

    private static QueueSettings QueuesOf(SettingsFile file)
    {
        var defaults = new QueueSettings();
        var batch = file.Find($"{Queues}.batchSize")?.Int(1, 32) ?? defaults.BatchSize;
        if (file.Find($"{Queues}.messageEncoding") is { } encoding && encoding.String() != "base64")
            throw encoding.Wrong("must be \"base64\": messages are bytes");
        return new()
        {
            BatchSize = batch,
            NewBatchThreshold = file.Find($"{Queues}.newBatchThreshold")?.Int(0, 1000) ?? batch / 2,
            VisibilityTimeout =
                file.Find($"{Queues}.visibilityTimeout")?.Span(Never, TimeSpan.FromDays(7))
                ?? defaults.VisibilityTimeout,
            MaxDequeueCount = file.Find($"{Queues}.maxDequeueCount")?.Int(1, 1000) ?? defaults.MaxDequeueCount,
            MaxPollingInterval =
                file.Find($"{Queues}.maxPollingInterval")?.Span(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
                ?? defaults.MaxPollingInterval,
        };
    }

    private static DurableTaskSettings DurableOf(SettingsFile file)
    {
        var defaults = new DurableTaskSettings();
        if (file.Find($"{Durable}.storageProvider.type") is { } store && store.String() != defaults.StorageProvider)
            throw store.Wrong($"must be \"{defaults.StorageProvider}\": histories lie in the cloud's own database");
        return new()
        {
            HubName = HubNameOf(file.Find($"{Durable}.hubName")) ?? defaults.HubName,
            MaxConcurrentOrchestratorFunctions =
                file.Find($"{Durable}.maxConcurrentOrchestratorFunctions")?.Int(1, 1000)
                ?? defaults.MaxConcurrentOrchestratorFunctions,
            MaxConcurrentActivityFunctions =
                file.Find($"{Durable}.maxConcurrentActivityFunctions")?.Int(1, 1000)
                ?? defaults.MaxConcurrentActivityFunctions,
            LeaseInterval =
                file.Find($"{Durable}.storageProvider.leaseInterval")
                    ?.Span(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
                ?? defaults.LeaseInterval,
            Retention = RetentionOf(file),
        };
    }

    private static RetentionOptions RetentionOf(SettingsFile file)
    {
        var defaults = new RetentionOptions();
        return new()
        {
            Completed = TermOf("completed") ?? defaults.Completed,
            Failed = TermOf("failed") ?? defaults.Failed,
            Canceled = TermOf("canceled") ?? defaults.Canceled,
            Terminated = TermOf("terminated") ?? defaults.Terminated,
        };

        TimeSpan? TermOf(string status) =>
            file.Find($"{Durable}.retention.{status}")?.Span(TimeSpan.FromHours(1), TimeSpan.FromDays(36_500));
    }

    private static string? HubNameOf(Setting? hub) =>
        hub is null ? null
        : hub.String() is { Length: >= 3 and <= 45 } name
        && char.IsAsciiLetter(name[0])
        && name.All(char.IsAsciiLetterOrDigit)
            ? name
        : throw hub.Wrong("must be 3 to 45 letters and digits that begin with a letter");
}
