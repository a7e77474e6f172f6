using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class ConsoleOutputTests
{
    private const string Console = "one\ntwo\nthree\n";

    [Theory]
    [InlineData("{}", Console)]
    [InlineData("null", Console)]
    [InlineData("""{"length":null}""", Console)]
    [InlineData("""{"length":-1}""", Console)]
    [InlineData("""{"length":2}""", "two\nthree\n")]
    [InlineData("""{"length":"1"}""", "three\n")]
    [InlineData("""{"length":0}""", "")]
    [InlineData("""{"length":50}""", Console)]
    public void The_last_lines_are_answered(string argument, string output) =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            _ = world.ListenAsync(await world.HostOfAsync(id), Console);
            var answer = await AskAsync(world, id, argument);
            Assert.Equal((200, output), (answer.Status, answer.Text("output")));
            if (argument == "{}")
                Golden.Matches(answer.Golden, "compute/servers/console.200.json");
        });

    [Theory]
    [InlineData("""{"length":-2}""")]
    [InlineData("""{"length":"many"}""")]
    [InlineData("""{"length":true}""")]
    public void A_wrong_length_is_named(string argument) =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var refused = await AskAsync(world, id, argument);
            Assert.StartsWith("400 badRequest: ", refused.Fault);
            Assert.Contains("length", refused.Fault);
        });

    [Fact]
    public void A_server_on_no_host_has_none_yet() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.AcceptAsync();
            Assert.Equal(
                $"409 conflictingRequest: Instance {id} is not ready",
                (await AskAsync(world, id, "{}")).Fault
            );
        });

    [Fact]
    public void A_host_that_is_away_is_503() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            Assert.Equal(503, (await AskAsync(world, id, "{}")).Status);
        });

    private static Task<Reply> AskAsync(ComputeWorld world, string id, string argument) =>
        world.PostAsync($"/servers/{id}/action", $"{{\"os-getConsoleOutput\":{argument}}}");
}
