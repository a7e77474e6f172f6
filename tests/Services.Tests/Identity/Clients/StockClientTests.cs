namespace Pipeline.Services.Tests.Identity.Clients;

public sealed class StockClientTests
{
    [Fact]
    public async Task The_commands_of_the_openstack_client_that_are_about_identity_and_quotas_do_what_they_say()
    {
        await using var cloud = await WholeCloud.StartAsync();
        await StockClient.SucceedAsync(cloud, "Identity/Clients/commands.txt");
    }
}
