using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class UpdateServerTests
{
    [Fact]
    public void The_answer_has_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync();
            var body = """
                {"server":{"name":"new name","accessIPv4":"192.0.2.9","accessIPv6":"2001:db8::9","OS-DCF:diskConfig":"AUTO"}}
                """;
            Golden.Matches((await world.PutAsync($"/servers/{id}", body)).Golden, "compute/servers/update.200.json");
            var shown = (await world.GetAsync($"/servers/{id}")).Json.GetProperty("server");
            Assert.Equal("new name", shown.GetProperty("name").GetString());
            Assert.Equal("AUTO", shown.GetProperty("OS-DCF:diskConfig").GetString());
        });

    [Fact]
    public void What_is_not_named_stays_and_an_empty_address_goes() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.BuildAsync(more: ""","accessIPv4":"192.0.2.9","accessIPv6":"2001:db8::9" """);
            var changed = await world.PutAsync($"/servers/{id}", """{"server":{"accessIPv4":""}}""");
            Assert.Equal(("one", ""), (changed.Text("server", "name"), changed.Text("server", "accessIPv4")));
            Assert.Equal("2001:db8::9", changed.Text("server", "accessIPv6"));
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_changes() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("""{"name":""}""", "name"),
                ("""{"name":null}""", "name"),
                ("""{"accessIPv4":"x"}""", "accessIPv4"),
                ("""{"accessIPv6":"192.0.2.1"}""", "accessIPv6"),
                ("""{"OS-DCF:diskConfig":"auto"}""", "diskConfig"),
                ("""{"status":"ACTIVE"}""", "status"),
            ];
            foreach (var (server, named) in cases)
            {
                var id = await world.BuildAsync();
                var refused = await world.PutAsync($"/servers/{id}", $"{{\"server\":{server}}}");
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
                Assert.Equal("one", (await world.GetAsync($"/servers/{id}")).Text("server", "name"));
            }
        });

    [Fact]
    public void A_server_is_renamed_while_it_builds() =>
        ComputeWorld.Run(async world =>
        {
            var id = await world.AcceptAsync();
            Assert.Equal(200, (await world.PutAsync($"/servers/{id}", """{"server":{"name":"two"}}""")).Status);
            await world.SettleAsync();
            var server = await world.GetAsync($"/servers/{id}");
            Assert.Equal(("two", "ACTIVE"), (server.Text("server", "name"), server.Text("server", "status")));
        });
}
