using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Pipeline.Durable;
using Pipeline.Runtime;
using Pipeline.Runtime.Settings;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Runtime.Settings;

public sealed class HostJsonTests
{
    [Fact]
    public void The_repositorys_own_host_json_is_good()
    {
        var host = HostJsonFile.Load(Path.Combine(Repository.Root, "host.json"));
        Assert.Equal("", host.RoutePrefix);
        Assert.Equal(5, host.Queues.MaxDequeueCount);
    }

    [Fact]
    public void Every_documented_setting_is_read()
    {
        var host = Parse(
            """
            {
              // as in the documentation
              "version": "2.0",
              "functionTimeout": "00:05:00",
              "logging": { "logLevel": { "default": "Warning", "Function.Cleanup": "Debug" } },
              "extensions": {
                "http": { "routePrefix": "/api/" },
                "queues": {
                  "batchSize": 4, "newBatchThreshold": 1, "visibilityTimeout": "00:00:30",
                  "maxDequeueCount": 3, "maxPollingInterval": "00:00:02", "messageEncoding": "base64"
                },
                "durableTask": {
                  "hubName": "Cloud1", "maxConcurrentOrchestratorFunctions": 7, "maxConcurrentActivityFunctions": 9,
                  "storageProvider": { "type": "database" },
                  "retention": { "completed": "7.00:00:00", "terminated": "01:00:00" }
                }
              }
            }
            """
        );
        Assert.Equal(("api", TimeSpan.FromMinutes(5)), (host.RoutePrefix, host.FunctionTimeout));
        Assert.Equal(LogLevel.Debug, host.LogLevels["Function.Cleanup"]);
        Assert.Equal(
            new QueueSettings
            {
                BatchSize = 4,
                NewBatchThreshold = 1,
                VisibilityTimeout = TimeSpan.FromSeconds(30),
                MaxDequeueCount = 3,
                MaxPollingInterval = TimeSpan.FromSeconds(2),
            },
            host.Queues
        );
        Assert.Equal(
            ("Cloud1", 7, 9),
            (
                host.DurableTask.HubName,
                host.DurableTask.MaxConcurrentOrchestratorFunctions,
                host.DurableTask.MaxConcurrentActivityFunctions
            )
        );
        Assert.Equal(
            new RetentionOptions { Completed = TimeSpan.FromDays(7), Terminated = TimeSpan.FromHours(1) },
            host.DurableTask.Retention
        );
    }

    [Fact]
    public void What_is_not_said_has_the_documented_default()
    {
        var host = Parse("""{ "version": "2.0", "extensions": { "queues": { "batchSize": 10 } } }""");
        Assert.Equal(
            (10, 5, 5, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            (
                host.Queues.BatchSize,
                host.Queues.NewBatchThreshold,
                host.Queues.MaxDequeueCount,
                host.Queues.VisibilityTimeout,
                host.Queues.MaxPollingInterval
            )
        );
        Assert.Equal(TimeSpan.FromMinutes(30), host.FunctionTimeout);
    }

    [Fact]
    public void A_rate_limit_is_off_until_it_says_how_many()
    {
        Assert.Null(Parse("""{ "version": "2.0" }""").RateLimit);
        Assert.Equal(new(9, 9, TimeSpan.FromSeconds(1)), Rate("\"tokenLimit\": 9"));
        Assert.Equal(
            new(9, 3, TimeSpan.FromMinutes(1)),
            Rate("\"tokenLimit\": 9, \"tokensPerPeriod\": 3, \"replenishmentPeriod\": \"00:01:00\"")
        );

        static RateLimitSettings? Rate(string settings) =>
            Parse($$"""{ "version": "2.0", "extensions": { "http": { "rateLimit": { {{settings}} } } } }""").RateLimit;
    }

    [Fact]
    public void A_function_timeout_of_minus_one_is_no_limit()
    {
        Assert.Null(Parse("""{ "version": "2.0", "functionTimeout": "-1" }""").FunctionTimeout);
    }

    [Theory]
    [InlineData("{}", "host.json line 1: version is missing")]
    [InlineData("""{"version":"1.0"}""", "host.json line 1: version must be \"2.0\"")]
    [InlineData(
        "{\"version\":\"2.0\",\n\"functionTimeout\":\"soon\"}",
        "host.json line 2: functionTimeout must be a time span"
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\n\"extensions\":{\"queues\":{\n\"batchSize\":33}}}",
        "host.json line 4: extensions.queues.batchSize must be a whole number from 1 to 32"
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\"extensions\":{\"queues\":{\"batchsise\":3}}}",
        "host.json line 2: extensions.queues.batchsise is not a setting that this host knows"
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\"extensions\":{\"queues\":{\"messageEncoding\":\"none\"}}}",
        "messageEncoding must be \"base64\""
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\"logging\":{\"logLevel\":{\"default\":\"Loud\"}}}",
        "logging.logLevel.default must be one of Trace, Debug"
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\"extensions\":{\"durableTask\":{\"hubName\":\"1\"}}}",
        "extensions.durableTask.hubName must be 3 to 45 letters"
    )]
    [InlineData(
        "{\"version\":\"2.0\",\n\"extensions\":{\"http\":{\"rateLimit\":{\"tokensPerPeriod\":1}}}}",
        "host.json line 2: extensions.http.rateLimit.tokensPerPeriod needs a tokenLimit beside it"
    )]
    [InlineData("{\n\"version\" \"2.0\"}", "host.json line 2: it is not JSON")]
    [InlineData("[]", "host.json line 1: it must be a JSON object")]
    public void A_wrong_setting_is_refused_by_line_and_name(string json, string refusal)
    {
        Assert.Contains(refusal, Assert.Throws<Fault>(() => Parse(json)).Message);
    }

    [Fact]
    public void The_sample_of_local_settings_is_good()
    {
        var settings = LocalSettings.Load(Path.Combine(Repository.Root, "local.settings.sample.json"));
        Assert.Equal(7071, settings.LocalHttpPort);
        Assert.Equal("UseDevelopmentStorage=true", settings.Values["AzureWebJobsStorage"]);
        Assert.Empty(settings.Cors);
    }

    [Fact]
    public void The_environment_wins_over_local_settings()
    {
        var name = $"PIPELINE_TEST_{Environment.ProcessId}";
        var settings = LocalSettings.Parse(
            "local.settings.json",
            Encoding.UTF8.GetBytes($$"""{ "Values": { "{{name}}": "file", "A__B": "section" } }""")
        );
        Environment.SetEnvironmentVariable(name, "environment");
        try
        {
            var configuration = settings.AddTo(new ConfigurationBuilder()).Build();
            Assert.Equal(("environment", "section"), (configuration[name], configuration["A:B"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Theory]
    [InlineData("{\"IsEncrypted\":true}", "IsEncrypted is true, but encrypted settings cannot be read")]
    [InlineData("{\"Values\":{\n\"A\":1}}", "local.settings.json line 2: Values.A must be a string")]
    [InlineData("{\"Host\":{\"LocalHttpPort\":70000}}", "Host.LocalHttpPort must be a whole number from 0 to 65535")]
    public void Wrong_local_settings_are_refused_by_line_and_name(string json, string refusal)
    {
        var fault = Assert.Throws<Fault>(() =>
            LocalSettings.Parse("local.settings.json", Encoding.UTF8.GetBytes(json))
        );
        Assert.Contains(refusal, fault.Message);
    }

    private static HostJson Parse(string json) => HostJsonFile.Parse("host.json", Encoding.UTF8.GetBytes(json));
}
