using Pipeline.Testing;

namespace Pipeline.Services.Tests.Network.SecurityGroups;

public sealed class SecurityGroupsTests
{
    [Fact]
    public void The_answers_have_the_documented_shape() =>
        NetworkWorld.Run(async world =>
        {
            var list = await world.GetAsync("/security-groups");
            Golden.Matches(list.Golden, "network/security-groups/list.200.json");
            var body = """{"security_group":{"name":"web","description":"d"}}""";
            var created = await world.PostAsync("/security-groups", body);
            Golden.Matches(created.Golden, "network/security-groups/create.201.json");
            var id = created.Id("security_group");
            Assert.Equal(created.Body, (await world.GetAsync($"/security-groups/{id}")).Body);
            var none = await world.GetAsync("/security-groups/none");
            Golden.Matches(none.Golden, "network/security-groups/show.404.json");
        });

    [Fact]
    public void Every_project_finds_its_default_group_at_first_sight() =>
        NetworkWorld.Run(async world =>
        {
            foreach (var (token, project) in new[] { ("reader", NetworkWorld.Project), ("other", NetworkWorld.Other) })
            {
                for (var i = 0; i < 2; i++)
                    Assert.Equal(
                        ["default"],
                        (await world.GetAsync("/security-groups", token)).All("security_groups", "name")
                    );
                Assert.Equal(
                    (1, 4),
                    (
                        await world.UsedAsync("security_group", project),
                        await world.UsedAsync("security_group_rule", project)
                    )
                );
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_first_sights_at_once_make_one_default_group(int seed) =>
        NetworkWorld.Run(
            async world =>
            {
                await Task.WhenAll(
                    world.GetAsync("/security-groups"),
                    world.PostAsync("/networks", """{"network":{}}"""),
                    world.GetAsync("/security-group-rules")
                );
                Assert.Equal(
                    (1, 4),
                    (await world.CountAsync("security_groups"), await world.CountAsync("security_group_rules"))
                );
                Assert.Equal(4, await world.UsedAsync("security_group_rule"));
            },
            seed
        );

    [Fact]
    public void The_default_groups_name_is_taken_and_kept() =>
        NetworkWorld.Run(async world =>
        {
            var id = (await world.GetAsync("/security-groups")).All("security_groups", "id")[0];
            var again = await world.PostAsync("/security-groups", """{"security_group":{"name":"Default"}}""");
            Assert.Equal((409, "SecurityGroupDefaultAlreadyExists"), again.Fault);
            var rename = await world.PutAsync($"/security-groups/{id}", """{"security_group":{"name":"x"}}""");
            Assert.Equal((409, "SecurityGroupCannotUpdateDefault"), rename.Fault);
            var describe = await world.PutAsync($"/security-groups/{id}", """{"security_group":{"description":"x"}}""");
            Assert.Equal((200, "x"), (describe.Status, describe.Text("security_group", "description")));
            var delete = await world.DeleteAsync($"/security-groups/{id}");
            Assert.Equal((409, "SecurityGroupCannotRemoveDefault"), delete.Fault);
            Assert.Equal(204, (await world.DeleteAsync($"/security-groups/{id}", "admin")).Status);
            Assert.Equal(
                (0, 0),
                (await world.UsedAsync("security_group"), await world.UsedAsync("security_group_rule"))
            );
        });

    [Fact]
    public void A_group_in_use_stays_and_takes_its_rules_along_when_it_goes() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            var other = await world.GroupAsync("other");
            await world.RuleAsync(group, "\"direction\":\"ingress\"");
            await world.RuleAsync(other, $"\"direction\":\"ingress\",\"remote_group_id\":\"{group}\"");
            var port = await world.PortAsync(await world.NetworkAsync(), $"\"security_groups\":[\"{group}\"]");
            Assert.Equal((409, "SecurityGroupInUse"), (await world.DeleteAsync($"/security-groups/{group}")).Fault);
            await world.DeleteAsync($"/ports/{port}");
            Assert.Equal(204, (await world.DeleteAsync($"/security-groups/{group}")).Status);
            Assert.Equal((404, "SecurityGroupNotFound"), (await world.DeleteAsync($"/security-groups/{group}")).Fault);
            Assert.Equal(
                0,
                await world.CountAsync(
                    "security_group_rules",
                    "remote_group_id IS NOT NULL AND security_group_id <> remote_group_id"
                )
            );
            Assert.Equal(4 + 2, await world.UsedAsync("security_group_rule"));
            Assert.Equal(2, await world.UsedAsync("security_group"));
        });

    [Fact]
    public void Anothers_group_is_not_there() =>
        NetworkWorld.Run(async world =>
        {
            var group = await world.GroupAsync("g");
            foreach (
                var seen in new[]
                {
                    await world.GetAsync($"/security-groups/{group}", "other"),
                    await world.DeleteAsync($"/security-groups/{group}", "other"),
                    await world.RuleAsync(group, "\"direction\":\"ingress\"", "other"),
                }
            )
                Assert.Equal((404, "SecurityGroupNotFound"), seen.Fault);
            var own = (await world.GetAsync("/security-groups", "other")).All("security_groups", "id")[0];
            var remote = await world.RuleAsync(
                own,
                $"\"direction\":\"ingress\",\"remote_group_id\":\"{group}\"",
                "other"
            );
            Assert.Equal((404, "SecurityGroupNotFound"), remote.Fault);
            var network = await world.NetworkAsync(token: "other");
            var port = await world.PostAsync(
                "/ports",
                NetworkWorld.PortBody(network, $"\"security_groups\":[\"{group}\"]"),
                "other"
            );
            Assert.Equal((404, "SecurityGroupNotFound"), port.Fault);
        });

    [Fact]
    public void The_quota_counts_groups_and_their_rules() =>
        NetworkWorld.Run(async world =>
        {
            await world.GetAsync("/security-groups");
            await world.PutAsync(
                $"/quotas/{NetworkWorld.Project}",
                """{"quota":{"security_group":2,"security_group_rule":6}}""",
                "admin"
            );
            await world.GroupAsync("a");
            var over = await world.PostAsync("/security-groups", """{"security_group":{"name":"b"}}""");
            Assert.Equal((409, "OverQuota"), over.Fault);
            var group = (await world.GetAsync("/security-groups?name=a")).All("security_groups", "id")[0];
            Assert.Equal((409, "OverQuota"), (await world.RuleAsync(group, "\"direction\":\"ingress\"")).Fault);
            Assert.Equal(6, await world.UsedAsync("security_group_rule"));
        });
}
