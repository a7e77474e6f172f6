using System.Text;
using Pipeline.Cloud.Tests.Access;
using Pipeline.Contracts;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Cloud.Tests;

/// <summary>
/// Every route of every service, asked by one of each role here and elsewhere for a thing of the project `mine`: the answers
/// stand in `Access/table.txt`, a line a route. `+` was allowed; else it is the status. Nothing is written: who may write is
/// told so at the commit.
/// </summary>
public sealed class Who_may_do_what
{
    private const string Allowed = "this was allowed and is not written";
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Cloud.Tests", "Access");

    [Fact]
    public void Every_route_answers_each_role_as_the_table_says() =>
        TestCloud.Run(
            async cloud =>
            {
                var estate = await Estate.MakeAsync(cloud);
                var table = await TableAsync(cloud, estate);
                var path = Path.Combine(Folder, "table.txt");
                if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
                    File.WriteAllText(path, table);
                Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", table);
            },
            options: new(FunctionsHosts: 1) { Shared = true }
        );

    private static async Task<string> TableAsync(TestCloud cloud, Estate estate)
    {
        var bodies = Bodies();
        var table = new StringBuilder();
        foreach (var (persona, column) in estate.People.Select((persona, column) => (persona, column)))
            table.Append(string.Concat(Enumerable.Repeat("  | ", column))).Append("  ").AppendLine(persona.Name);
        foreach (var route in Surface.All(cloud.Routes))
        {
            var cells = new Dictionary<string, string>();
            foreach (var persona in estate.People)
                cells[persona.Name] = await AskAsync(cloud, RequestOf(route, estate, persona, bodies));
            AssertSound(route, cells);
            table.AppendLine($"{string.Join(' ', cells.Values.Select(cell => cell.PadLeft(3)))}  {route}");
        }
        return table.ToString();
    }

    private static CloudRequest RequestOf(
        Surface route,
        Estate estate,
        Persona persona,
        Dictionary<string, string> bodies
    )
    {
        var body = route.Method is "GET" or "HEAD" or "DELETE"
            ? ""
            : estate.Fill(bodies.GetValueOrDefault(route.Function) ?? bodies["*"]);
        var request = Estate.Request(route.Method, route.Target(estate), body, persona);
        request.Headers["Content-Type"] = route.ContentType;
        request.Headers["X-Subject-Token"] = estate.People.Single(p => p.Name == "member").Token;
        return request;
    }

    /// <summary>Whatever the table says: nothing breaks, and a role may do what the one below it may.</summary>
    private static void AssertSound(Surface route, Dictionary<string, string> cells)
    {
        Assert.DoesNotContain(cells.Values, cell => cell[0] == '5');
        (string Lower, string Higher)[] orders =
        [
            ("none", "reader"),
            ("reader", "member"),
            ("reader", "manager"),
            ("other-reader", "other-member"),
            ("other-reader", "other-manager"),
            ("domain-reader", "domain-manager"),
            ("system-reader", "system-admin"),
            ("foreign-manager", "system-admin"),
        ];
        foreach (var (lower, higher) in orders)
            Assert.True(cells[lower] != "+" || cells[higher] == "+", $"{route}: {lower} may, and {higher} may not");
    }

    private static async Task<string> AskAsync(TestCloud cloud, CloudRequest request)
    {
        cloud.Committing = (_, _) => throw new Fault(FaultCode.Unavailable, Allowed);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), cloud.World.Time);
        try
        {
            var answer = await cloud.SendAsync(request, patience.Token);
            return answer.Status < 400 || answer.Body.Contains(Allowed, StringComparison.Ordinal)
                ? "+"
                : $"{answer.Status}";
        }
        catch (OperationCanceledException)
        {
            return "+"; // it is told what happens, and goes on being told
        }
        finally
        {
            cloud.Committing = (_, _) => ValueTask.CompletedTask;
        }
    }

    /// <summary>A good body by the function that takes it; `*` is any other's.</summary>
    private static Dictionary<string, string> Bodies() =>
        File.ReadLines(Path.Combine(Folder, "bodies.txt"))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
}
