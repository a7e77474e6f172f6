using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Contracts.Tests;

/// <summary>The HTTP surface on one page, and the README's table of services: both made from the routes that are served.</summary>
public sealed class RouteFileTests
{
    private const string AnyId = "00000000-0000-4000-8000-000000000000";
    private const string Begin = "<!-- services:";
    private const string End = "<!-- /services -->";

    private static readonly (string Prefix, string Service, string Compatible)[] Services =
    [
        ("/identity", "Identity", "Keystone v3"),
        ("/image", "Image", "Glance v2"),
        ("/compute", "Compute", "Nova v2.1"),
        ("/network", "Network", "Neutron v2.0"),
        ("/volume", "Block storage", "Cinder v3"),
        ("/audit", "Audit", "[our own](docs/audit.md), CADF"),
    ];

    [Fact]
    public void The_file_of_routes_is_what_is_served() =>
        TestCloud.Run(cloud =>
        {
            Same(Path.Combine(Repository.Root, "contracts", "routes.txt"), cloud.Routes);
            return Task.CompletedTask;
        });

    [Fact]
    public void The_readme_lists_the_services_that_work() =>
        TestCloud.Run(cloud =>
        {
            var path = Path.Combine(Repository.Root, "README.md");
            var text = File.ReadAllText(path);
            var begin = text.IndexOf('\n', text.IndexOf(Begin, StringComparison.Ordinal)) + 1;
            var end = text.IndexOf(End, StringComparison.Ordinal);
            Same(path, text[..begin] + Table(cloud.Routes) + text[end..]);
            return Task.CompletedTask;
        });

    [Fact]
    public void Every_route_that_is_not_public_refuses_a_request_without_a_token() =>
        TestCloud.Run(async cloud =>
        {
            foreach (var line in cloud.Routes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (parts[3] == "Anyone")
                    continue;
                var path = string.Join('/', parts[1].Split('/').Select(p => p.StartsWith('{') ? AnyId : p));
                var answer = await cloud.SendAsync(parts[0], path, "{}", null);
                Assert.True(answer.Status == 401, $"{line} answers {answer.Status} without a token");
            }
        });

    private static string Table(string routes)
    {
        var lines = routes.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = Services.Select(s =>
        {
            var count = lines.Count(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].StartsWith(s.Prefix));
            return $"| {s.Service} | {s.Compatible} | `{s.Prefix}` | {count} |\n";
        });
        return $"\n| service | API | path | routes |\n|---|---|---|---|\n{string.Concat(rows)}\n"
            + $"All {lines.Length} routes, with policy and function: [contracts/routes.txt](contracts/routes.txt).\n\n";
    }

    private static void Same(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
            File.WriteAllText(path, text);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", text);
    }
}
