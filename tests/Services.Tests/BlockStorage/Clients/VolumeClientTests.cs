using Pipeline.Services.Tests.Identity;
using Pipeline.Services.Tests.Identity.Clients;

namespace Pipeline.Services.Tests.BlockStorage.Clients;

public sealed class VolumeClientTests
{
    [Fact]
    public async Task The_commands_of_the_openstack_client_that_are_about_block_storage_do_what_they_say()
    {
        await using var cloud = await WholeCloud.StartAsync();
        await StockClient.SucceedAsync(cloud, "BlockStorage/Clients/commands.txt");
    }
}
