using Pipeline.Testing;

namespace Pipeline.Services.Tests.Runtime;

public sealed class GoldenTests
{
    [Fact]
    public void An_answer_matches_its_golden_whatever_its_ids_and_times_are()
    {
        Golden.Matches(
            Answer("6f3c9f4e-6d0b-4f1e-9d2a-0123456789ab", "2030-01-02T03:04:05Z", 7071),
            "runtime/sample.200.json"
        );
        Golden.Matches(
            Answer("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "2031-11-12T13:14:15Z", 9),
            "runtime/sample.200.json"
        );
    }

    [Theory]
    [InlineData("2030-01-02T03:04:05.000000Z")]
    [InlineData("2030-01-02T03:04:05")]
    public void A_time_in_another_format_does_not_match(string time)
    {
        var answer = Answer("6f3c9f4e-6d0b-4f1e-9d2a-0123456789ab", time, 7071);
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
            return;
        var failure = Assert.Throws<GoldenException>(() => Golden.Matches(answer, "runtime/sample.200.json"));
        Assert.Contains("created", failure.Message);
    }

    private static GoldenAnswer Answer(string id, string time, int port) =>
        new(
            200,
            new Dictionary<string, string>
            {
                ["Content-Type"] = "application/json",
                ["Date"] = "today",
                ["Location"] = $"http://127.0.0.1:{port}/servers/{id}",
            },
            $$$"""{"server":{"id":"{{{id}}}","tenant_id":"0123456789abcdef0123456789abcdef","created":"{{{time}}}","name":"é <x>"}}"""
        );
}
