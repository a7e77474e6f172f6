using Pipeline.Services.Tests.Identity;
using Pipeline.Services.Tests.Identity.Clients;

namespace Pipeline.Services.Tests.Network.Clients;

public sealed class NetworkClientTests
{
    [Fact]
    public async Task The_commands_of_the_openstack_client_that_are_about_networks_do_what_they_say()
    {
        await using var cloud = await WholeCloud.StartAsync();
        await StockClient.SucceedAsync(cloud, "Network/Clients/commands.txt");
    }
}
