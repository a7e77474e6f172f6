using Pipeline.Contracts;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

/// <summary>Start, stop and reboot: what each state allows, what is shown meanwhile and in the end.</summary>
public sealed class PowerTests
{
    private const string Start = """{"os-start":null}""";
    private const string Stop = """{"os-stop":null}""";
    private const string Soft = """{"reboot":{"type":"SOFT"}}""";
    private const string Hard = """{"reboot":{"type":"hard"}}""";

    [Theory]
    [InlineData("ACTIVE", Stop, "powering-off", "ACTIVE", "SHUTOFF")]
    [InlineData("ACTIVE", Soft, "rebooting", "REBOOT", "ACTIVE")]
    [InlineData("ACTIVE", Hard, "rebooting_hard", "HARD_REBOOT", "ACTIVE")]
    [InlineData("SHUTOFF", Start, "powering-on", "SHUTOFF", "ACTIVE")]
    [InlineData("SHUTOFF", Hard, "rebooting_hard", "HARD_REBOOT", "ACTIVE")]
    [InlineData("ERROR", Hard, "rebooting_hard", "HARD_REBOOT", "ACTIVE")]
    [InlineData("ERROR", Stop, "powering-off", "ERROR", "SHUTOFF")]
    public void What_fits_is_accepted_shown_and_done(
        string from,
        string action,
        string task,
        string shown,
        string to
    ) =>
        ComputeWorld.Run(async world =>
        {
            var id = await ServerInAsync(world, from);
            var accepted = await world.PostAsync($"/servers/{id}/action", action);
            Assert.Equal((202, ""), (accepted.Status, accepted.Body));
            var meanwhile = await world.GetAsync($"/servers/{id}");
            Assert.Equal(task, meanwhile.Text("server", "OS-EXT-STS:task_state"));
            Assert.Equal(shown, meanwhile.Text("server", "status"));
            await world.SettleAsync();
            var end = await world.GetAsync($"/servers/{id}");
            Assert.Equal((to, ""), (end.Text("server", "status"), end.Text("server", "OS-EXT-STS:task_state")));
            Assert.Equal(to == "ACTIVE" ? "1" : "4", end.Text("server", "OS-EXT-STS:power_state"));
        });

    [Theory]
    [InlineData("ACTIVE", Start, "Cannot 'start' instance ID while it is in vm_state active")]
    [InlineData("SHUTOFF", Stop, "Cannot 'stop' instance ID while it is in vm_state stopped")]
    [InlineData("SHUTOFF", Soft, "Cannot 'reboot' instance ID while it is in vm_state stopped")]
    [InlineData("BUILD", Hard, "Cannot 'reboot' instance ID while it is in task_state scheduling")]
    public void What_does_not_fit_is_a_conflict_in_Novas_words(string from, string action, string message) =>
        ComputeWorld.Run(async world =>
        {
            var id = await ServerInAsync(world, from);
            var refused = await world.PostAsync($"/servers/{id}/action", action);
            Assert.Equal($"409 conflictingRequest: {message.Replace("ID", id)}", refused.Fault);
            if (action == Start)
                Golden.Matches(refused.Golden, "compute/servers/action.409.json");
        });

    [Fact]
    public void Of_two_at_once_one_is_done() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var both = await Task.WhenAll(
                world.PostAsync($"/servers/{id}/action", Stop),
                world.PostAsync($"/servers/{id}/action", Soft)
            );
            Assert.Equal([202, 409], both.Select(r => r.Status).Order());
        });

    [Fact]
    public void A_host_that_fails_leaves_the_server_in_error_with_its_words_and_a_hard_reboot_mends_it() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            world.Failing["PowerOffGuest"] = new(FaultCode.DriverFailed, "the monitor is silent");
            await world.PostAsync($"/servers/{id}/action", Stop);
            await world.SettleAsync();
            var server = await world.GetAsync($"/servers/{id}");
            Assert.Equal("ERROR", server.Text("server", "status"));
            Assert.Contains("the monitor is silent", server.Text("server", "fault", "message"));
            world.Failing.Clear();
            await world.PostAsync($"/servers/{id}/action", Hard);
            await world.SettleAsync();
            Assert.Equal("ACTIVE", await world.StatusAsync(id));
            Assert.DoesNotContain("\"fault\"", (await world.GetAsync($"/servers/{id}")).Body);
        });

    [Fact]
    public void A_body_that_names_no_action_of_ours_is_400() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            (string, string)[] cases =
            [
                ("""{"reboot":{"type":"WARM"}}""", "reboot"),
                ("""{"reboot":{}}""", "type"),
                ("""{"reboot":null}""", "reboot"),
                ("""{"explode":null}""", "explode"),
                ("""{}""", "action"),
                ("""{"os-start":null,"os-stop":null}""", "action"),
                ("""[]""", "body"),
                ("", "body"),
            ];
            foreach (var (body, named) in cases)
            {
                var refused = await world.PostAsync($"/servers/{id}/action", body);
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
            }
            Assert.Equal("ACTIVE", await world.StatusAsync(id));
        });

    private static async Task<string> ServerInAsync(ComputeWorld world, string status)
    {
        if (status == "BUILD")
            return await world.AcceptAsync();
        var id = await world.BuildAsync();
        if (status == "ERROR")
            world.Failing["PowerOffGuest"] = new(FaultCode.DriverFailed, "broken");
        if (status != "ACTIVE")
            await world.PostAsync($"/servers/{id}/action", Stop);
        await world.SettleAsync();
        world.Failing.Clear();
        Assert.Equal(status, await world.StatusAsync(id));
        return id;
    }
}
