using System.Text;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute.Metadata;

public sealed class ServerMetadataTests
{
    [Fact]
    public void Pairs_are_added_replaced_shown_and_deleted() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var path = $"{server}/metadata";
                await IsAsync(cloud, path, """{"metadata":{}}""");
                await cloud.PostAsync(path, """{"metadata":{"a":"1","b":"2"}}""", cloud.Demo);
                var added = await cloud.PostAsync(path, """{"metadata":{"b":"3","c":""}}""", cloud.Demo);
                Assert.Equal("""{"metadata":{"a":"1","b":"3","c":""}}""", added.Must(200).Body);
                await IsAsync(cloud, $"{path}/b", """{"meta":{"b":"3"}}""");
                var one = await cloud.PutAsync($"{path}/b", """{"meta":{"b":"4"}}""", cloud.Demo);
                Assert.Equal("""{"meta":{"b":"4"}}""", one.Must(200).Body);
                Assert.Equal("", (await cloud.DeleteAsync($"{path}/a", cloud.Demo)).Must(204).Body);
                await IsAsync(cloud, path, """{"metadata":{"b":"4","c":""}}""");
                var all = await cloud.PutAsync(path, """{"metadata":{"z":"9"}}""", cloud.Demo);
                Assert.Equal("""{"metadata":{"z":"9"}}""", all.Must(200).Body);
                Assert.Equal("""{"z":"9"}""", $"{await MetadataOfAsync(cloud, server)}");
            }
        );

    [Fact]
    public void What_is_no_pair_changes_nothing() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (string Method, string Item, string Body, int Status)[] refused =
                [
                    ("POST", "", """{"metadata":{"":"x"}}""", 400),
                    ("POST", "", """{"metadata":{"a":7}}""", 400),
                    ("POST", "", """{"meta":{"a":"1"}}""", 400),
                    ("PUT", "/a", """{"meta":{"b":"1"}}""", 400),
                    ("PUT", "/a", """{"meta":{"a":"1","b":"2"}}""", 400),
                    ("PUT", "/a", """{"meta":{}}""", 400),
                    ("GET", "/none", "", 404),
                    ("DELETE", "/none", "", 404),
                ];
                foreach (var (method, item, body, status) in refused)
                    (await cloud.SendAsync(method, $"{server}/metadata{item}", body, cloud.Demo)).Must(status);
                Assert.Equal("{}", $"{await MetadataOfAsync(cloud, server)}");
            }
        );

    [Fact]
    public void A_server_may_have_as_many_pairs_as_the_quota_says() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                (await cloud.PostAsync($"{server}/metadata", Pairs(128), cloud.Demo)).Must(200);
                (await cloud.PostAsync($"{server}/metadata", """{"metadata":{"more":"1"}}""", cloud.Demo)).Must(403);
                (await cloud.PutAsync($"{server}/metadata", Pairs(129), cloud.Demo)).Must(403);
                var order = cloud.ServerOrder("two").TrimEnd()[..^2] + "," + Pairs(129)[1..^1] + "}}";
                (await cloud.PostAsync(StandingServer.Servers, order, cloud.Demo)).Must(403);
            }
        );

    [Fact]
    public void Another_projects_server_has_no_metadata_and_a_reader_changes_none() =>
        StandingServer.Run(
            async (cloud, server) =>
            {
                var stranger = await cloud.AddUserAsync("stranger");
                (await cloud.GetAsync($"{server}/metadata", stranger)).Must(404);
                (await cloud.PostAsync($"{server}/metadata", """{"metadata":{"a":"1"}}""", stranger)).Must(404);
                (await cloud.PutAsync($"{server}/metadata/a", """{"meta":{"a":"1"}}""", stranger)).Must(404);
                (await cloud.DeleteAsync($"{server}/metadata/a", stranger)).Must(404);
            }
        );

    private static async Task IsAsync(TestCloud cloud, string path, string body) =>
        Assert.Equal(body, (await cloud.GetAsync(path, cloud.Demo)).Must(200).Body);

    private static async Task<System.Text.Json.JsonElement> MetadataOfAsync(TestCloud cloud, string server) =>
        (await cloud.GetAsync(server, cloud.Demo)).Must(200).Json.GetProperty("server").GetProperty("metadata");

    private static string Pairs(int count)
    {
        var pairs = new StringBuilder("""{"metadata":{""");
        for (var i = 0; i < count; i++)
            pairs.Append(i == 0 ? "" : ",").Append($"\"k{i}\":\"v\"");
        return pairs.Append("}}").ToString();
    }
}
