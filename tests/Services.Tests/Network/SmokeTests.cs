namespace Pipeline.Services.Tests.Network;

public sealed class SmokeTests
{
    [Fact]
    public void A() => NetworkWorld.Run(async world =>
    {
        var n = await world.NetworkAsync();
        var s = await world.SubnetAsync(n, "10.0.0.0/24");
        var p = await world.PostAsync("/ports", NetworkWorld.PortBody(n));
        TestContext.Current.SendDiagnosticMessage(p.Body);
        Assert.Equal(["10.0.0.3"], p.Addresses);
    });
}
