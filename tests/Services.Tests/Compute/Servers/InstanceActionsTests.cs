using Pipeline.Contracts;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class InstanceActionsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var list = await ListAsync(world, id);
            Golden.Matches(list.Golden, "compute/servers/instance-actions.200.json");
            var request = list.All("instanceActions", "request_id")[0];
            var one = await world.GetAsync($"/servers/{id}/os-instance-actions/{request}");
            Golden.Matches(one.Golden, "compute/servers/instance-action.200.json");
        });

    [Fact]
    public void All_that_was_done_is_listed_newest_first_and_a_failure_with_its_message() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            await world.PassAsync(TimeSpan.FromSeconds(1));
            await world.PostAsync($"/servers/{id}/action", """{"reboot":{"type":"SOFT"}}""");
            await world.SettleAsync();
            await world.PassAsync(TimeSpan.FromSeconds(1));
            world.Failing["PowerOffGuest"] = new(FaultCode.DriverFailed, "the monitor is silent");
            await world.PostAsync($"/servers/{id}/action", """{"os-stop":null}""");
            await world.SettleAsync();
            var list = await ListAsync(world, id);
            Assert.Equal(["stop", "reboot", "create"], list.All("instanceActions", "action"));
            var messages = list.All("instanceActions", "message");
            Assert.Contains("the monitor is silent", messages[0]);
            Assert.Equal(("", ""), (messages[1], messages[2]));
        });

    [Fact]
    public void An_unknown_request_and_an_unknown_server_are_404() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var missing = await world.GetAsync($"/servers/{id}/os-instance-actions/req-1");
            Assert.Equal($"404 itemNotFound: Action for request_id req-1 on instance {id} not found", missing.Fault);
            Assert.Equal(404, (await ListAsync(world, "99999999-0000-4000-8000-000000000000")).Status);
        });

    private static Task<Reply> ListAsync(ComputeWorld world, string id) =>
        world.GetAsync($"/servers/{id}/os-instance-actions");
}
