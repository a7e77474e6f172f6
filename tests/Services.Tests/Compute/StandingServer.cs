using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.Compute;

/// <summary>A furnished cloud with one server that runs.</summary>
internal static class StandingServer
{
    public const string Servers = "/compute/v2.1/servers";

    /// <param name="test">Takes the cloud and the server's path.</param>
    public static void Run(Func<TestCloud, string, Task> test) =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            var id = await cloud.CreateServerAsync();
            await cloud.IdleAsync();
            Assert.Equal("ACTIVE", await cloud.StatusAsync(id));
            await test(cloud, $"{Servers}/{id}");
        });
}
