using System.Text.Json;
using Pipeline.Compute;
using Pipeline.Compute.Orchestrations;
using Pipeline.Data;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.Compute.Servers;

public sealed class CreateServerTests
{
    [Fact]
    public void The_answer_has_the_documented_shape() =>
        ComputeWorld.Run(async world =>
        {
            var created = await world.PostAsync("/servers", world.Order(more: ""","adminPass":"GFf1j9aP" """));
            Golden.Matches(created.Golden, "compute/servers/create.202.json");
            var self = created.Json.GetProperty("server").GetProperty("links")[0].GetProperty("href").GetString();
            Assert.Equal(created.Headers.Location, self);
        });

    [Fact]
    public void A_password_is_made_where_none_is_given_shown_once_and_kept_sealed() =>
        ComputeWorld.Run(async world =>
        {
            var created = await world.PostAsync("/servers", world.Order());
            var password = created.Text("server", "adminPass");
            Assert.Equal(12, password.Length);
            var shown = await world.GetAsync($"/servers/{created.Text("server", "id")}");
            Assert.DoesNotContain("adminPass", shown.Body);
            Assert.Equal(0, await world.CountAsync("instances", $"input LIKE '%{password}%'"));
            Assert.Equal(1, await world.CountAsync("secrets"));
        });

    [Fact]
    public void What_was_asked_for_is_what_the_build_is_told() =>
        ComputeWorld.Run(async world =>
        {
            await world.PostAsync("/os-keypairs", """{"keypair":{"name":"mine"}}""");
            var id = await world.AcceptAsync(
                "Web Server_1",
                $$"""
                ,"key_name":"mine","metadata":{"a":"b"},"config_drive":"true","user_data":"{{ComputeWorld.Base64(
                    "#!/bin/sh"
                )}}","OS-DCF:diskConfig":"AUTO","accessIPv4":"192.0.2.1","accessIPv6":"2001:db8::1",
                "security_groups":[{"name":"default"}],"availability_zone":"nova"
                """
            );
            var spec = (await OrderOfAsync(world, id)).Spec;
            Assert.Equal(("Web Server_1", "web-server-1"), (spec.Name, spec.HostName));
            Assert.Equal((1, 512, 1), (spec.Vcpus, spec.RamMib, spec.DiskGib));
            Assert.Equal("mine", Assert.Single(spec.Keys).Name);
            Assert.Equal(("b", true), (spec.Metadata["a"], spec.ConfigDrive));
            Assert.NotNull(spec.UserData);
            Assert.Single(spec.SecurityGroups);
            var server = (await world.GetAsync($"/servers/{id}")).Json.GetProperty("server");
            Assert.Equal("True", server.GetProperty("config_drive").GetString());
            Assert.Equal("AUTO", server.GetProperty("OS-DCF:diskConfig").GetString());
            Assert.Equal("192.0.2.1", server.GetProperty("accessIPv4").GetString());
            Assert.Equal("2001:db8::1", server.GetProperty("accessIPv6").GetString());
            Assert.Equal("mine", server.GetProperty("key_name").GetString());
        });

    [Fact]
    public void Several_at_once_are_numbered_and_share_a_reservation() =>
        ComputeWorld.Run(async world =>
        {
            await world.AcceptAsync("web", ""","min_count":2,"max_count":"3" """);
            Assert.Equal("web-1 web-2 web-3", await world.NamesAsync("?sort_key=display_name&sort_dir=asc"));
            Assert.Equal(1, await world.CountAsync("(SELECT DISTINCT reservation_id FROM servers) AS all_of_them"));
            Assert.Equal(3, await world.UsedAsync("instances"));
        });

    [Fact]
    public void A_server_that_names_no_network_gets_the_projects_only_one() =>
        ComputeWorld.Run(async world =>
        {
            var bare = $$$"""{"server":{"name":"one","flavorRef":"small","imageRef":"{{{world.Image}}}"}}""";
            Assert.Equal(202, (await world.PostAsync("/servers", bare)).Status);
            await world.AddNetworkAsync("second", "10.1.0.0/24");
            Assert.StartsWith(
                "409 conflictingRequest: Multiple possible",
                (await world.PostAsync("/servers", bare)).Fault
            );
        });

    [Fact]
    public void The_same_key_again_is_the_same_server_without_its_password() =>
        ComputeWorld.Run(async world =>
        {
            var first = await world.PostAsync("/servers", world.Order(), key: "k");
            var again = await world.PostAsync("/servers", world.Order(), key: "k");
            Assert.Equal((202, first.Text("server", "id")), (again.Status, again.Text("server", "id")));
            Assert.DoesNotContain("adminPass", again.Body);
            Assert.Equal(1, await world.CountAsync("servers"));
            var other = await world.PostAsync("/servers", world.Order("two"), key: "k");
            Assert.Equal(409, other.Status);
            Assert.Equal(1, await world.UsedAsync("instances"));
        });

    [Fact]
    public void The_key_of_a_server_that_is_gone_finds_nothing_and_builds_nothing() =>
        ComputeWorld.Run(async world =>
        {
            var made = await world.PostAsync("/servers", world.Order(), key: "k");
            Assert.Equal(204, (await world.DeleteAsync($"/servers/{made.Text("server", "id")}")).Status);
            await world.SettleAsync();
            Assert.Equal(404, (await world.PostAsync("/servers", world.Order(), key: "k")).Status);
            Assert.Equal(0, await world.UsedAsync("instances"));
        });

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_written() =>
        ComputeWorld.Run(async world =>
        {
            (string, string)[] cases =
            [
                ("""{"name":"one","imageRef":"IMAGE"}""", "flavorRef"),
                ("""{"flavorRef":"small","imageRef":"IMAGE"}""", "name"),
                ("""{"name":"","flavorRef":"small","imageRef":"IMAGE"}""", "name"),
                ("""{"name":" one","flavorRef":"small","imageRef":"IMAGE"}""", "name"),
                ("""{"name":"a\u0007b","flavorRef":"small","imageRef":"IMAGE"}""", "name"),
                ("""{"name":7,"flavorRef":"small","imageRef":"IMAGE"}""", "name"),
                ("""{"name":"one","flavorRef":"small"}""", "imageRef"),
                ("""{"name":"one","flavorRef":"small","imageRef":"x"}""", "imageRef"),
                ("""{"name":"one","flavorRef":"small","imageRef":"99999999-0000-4000-8000-000000000000"}""", "Image"),
                ("""{"name":"one","flavorRef":"none","imageRef":"IMAGE"}""", "Flavor"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","surprise":1}""", "surprise"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","key_name":"none"}""", "key_name"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","networks":[{"uuid":"x"}]}""", "uuid"),
                (
                    """{"name":"one","flavorRef":"small","imageRef":"IMAGE","networks":[{"uuid":"99999999-0000-4000-8000-000000000000"}]}""",
                    "Network"
                ),
                (
                    """{"name":"one","flavorRef":"small","imageRef":"IMAGE","networks":[{"uuid":"NETWORK","fixed_ip":"10.0.0.x"}]}""",
                    "fixed_ip"
                ),
                (
                    """{"name":"one","flavorRef":"small","imageRef":"IMAGE","networks":[{"port":"99999999-0000-4000-8000-000000000000"}]}""",
                    "Port"
                ),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","metadata":{"":"x"}}""", "metadata"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","metadata":{"a":1}}""", "metadata"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","user_data":"not base64!"}""", "user_data"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","config_drive":"maybe"}""", "config_drive"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","adminPass":""}""", "adminPass"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","accessIPv4":"::1"}""", "accessIPv4"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","accessIPv6":"1.2.3.4"}""", "accessIPv6"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","OS-DCF:diskConfig":"x"}""", "diskConfig"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","min_count":0}""", "min_count"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","min_count":3,"max_count":2}""", "min_count"),
                ("""{"name":"one","flavorRef":"small","imageRef":"IMAGE","availability_zone":"x"}""", "zone"),
                (
                    """{"name":"one","flavorRef":"small","imageRef":"IMAGE","security_groups":[{"name":"none"}]}""",
                    "Security group"
                ),
                (
                    """{"name":"one","flavorRef":"small","imageRef":"IMAGE","max_count":2,"networks":[{"uuid":"NETWORK","fixed_ip":"10.0.0.9"}]}""",
                    "fixed_ip"
                ),
            ];
            foreach (var (server, named) in cases)
            {
                var body = server.Replace("IMAGE", world.Image).Replace("NETWORK", world.Network);
                var refused = await world.PostAsync("/servers", $"{{\"server\":{body}}}");
                Assert.StartsWith("400 badRequest: ", refused.Fault);
                Assert.Contains(named, refused.Fault);
                Assert.Equal(0, await world.CountAsync("servers"));
                Assert.Equal(0, await world.CountAsync("secrets"));
                Assert.Equal(0, await world.CountAsync("instances", "name = 'ProvisionServer'"));
                Assert.Equal(0, await world.UsedAsync("instances"));
            }
        });

    [Theory]
    [InlineData("name", 255)]
    [InlineData("name", 256)]
    public void A_name_has_at_most_255_characters(string _, int length) =>
        ComputeWorld.Run(async world =>
        {
            var reply = await world.PostAsync("/servers", world.Order(new string('x', length)));
            Assert.Equal(length <= 255 ? 202 : 400, reply.Status);
        });

    [Fact]
    public void User_data_has_at_most_65535_characters_of_base64() =>
        ComputeWorld.Run(async world =>
        {
            var most = ComputeWorld.Base64(new string('x', 49_149)); // 65,532 characters
            Assert.Equal(202, (await world.PostAsync("/servers", world.Order(more: Data(most)))).Status);
            var over = await world.PostAsync("/servers", world.Order("two", Data($"{most}xxxx")));
            Assert.Equal(400, over.Status);
            Assert.Contains("user_data", over.Body);
        });

    [Fact]
    public void A_body_over_its_limit_is_413() =>
        ComputeWorld.Run(async world =>
        {
            var refused = await world.PostAsync("/servers", world.Order(more: Data(new string('x', 5 << 20))));
            Assert.StartsWith("413 ", refused.Fault);
        });

    [Fact]
    public void Metadata_has_255_characters_a_key_and_a_value() =>
        ComputeWorld.Run(async world =>
        {
            var longest = new string('k', 255);
            var fits = await world.PostAsync("/servers", world.Order(more: Meta(longest, longest)));
            Assert.Equal(202, fits.Status);
            Assert.Equal(400, (await world.PostAsync("/servers", world.Order(more: Meta($"{longest}k", "v")))).Status);
            Assert.Equal(400, (await world.PostAsync("/servers", world.Order(more: Meta("k", $"{longest}v")))).Status);
        });

    [Fact]
    public void What_another_project_has_is_unknown() =>
        ComputeWorld.Run(async world =>
        {
            var network = await world.AddNetworkAsync("theirs", "10.9.0.0/24", "theirs:member");
            var image = await world.AddImageAsync(token: "theirs:member");
            var foreignNetwork = world.Order().Replace(world.Network, network);
            var foreignImage = world.Order().Replace(world.Image, image);
            Assert.Equal(
                $"400 badRequest: Network {network} could not be found.",
                (await world.PostAsync("/servers", foreignNetwork)).Fault
            );
            Assert.Equal(
                $"400 badRequest: Image {image} could not be found.",
                (await world.PostAsync("/servers", foreignImage)).Fault
            );
        });

    [Fact]
    public void A_flavor_that_is_too_small_for_the_image_is_refused() =>
        ComputeWorld.Run(async world =>
        {
            var disk = await world.AddImageAsync(""","min_disk":5""");
            var memory = await world.AddImageAsync(""","min_ram":4096""");
            var small = await world.PostAsync("/servers", world.Order().Replace(world.Image, disk));
            Assert.StartsWith("400 badRequest: The size of the flavor's disk", small.Fault);
            var little = await world.PostAsync("/servers", world.Order().Replace(world.Image, memory));
            Assert.Equal("400 badRequest: Flavor's memory is too small for requested image.", little.Fault);
        });

    [Fact]
    public void A_port_in_use_is_a_conflict() =>
        ComputeWorld.Run(async world =>
        {
            var body = $$$"""{"port":{"network_id":"{{{world.Network}}}"}}""";
            var port = (await world.SendAsync("POST", "/network/v2.0/ports", body)).Text("port", "id");
            var order = world.Order().Replace($"\"uuid\":\"{world.Network}\"", $"\"port\":\"{port}\"");
            Assert.Equal(202, (await world.PostAsync("/servers", order)).Status);
            await world.SettleAsync();
            Assert.Equal(
                $"409 conflictingRequest: Port {port} is still in use.",
                (await world.PostAsync("/servers", order)).Fault
            );
        });

    private static string Data(string base64) => $",\"user_data\":\"{base64}\"";

    private static string Meta(string key, string value) => $",\"metadata\":{{\"{key}\":\"{value}\"}}";

    private static async Task<ProvisionServer> OrderOfAsync(ComputeWorld world, string server)
    {
        var input = await world.Db.ReadAsync(tx =>
            tx.ScalarAsync<string>("SELECT input FROM instances WHERE resource = @r", new { r = $"server/{server}" })
        );
        return JsonSerializer.Deserialize(input!, ComputeJson.Default.ProvisionServer)!;
    }
}
