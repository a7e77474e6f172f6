using System.Text.Json;
using Pipeline.Testing.Clouds;

namespace Pipeline.Services.Tests.BlockStorage.Volumes;

public sealed class CopyProgressTests
{
    private const string Instances = "/runtime/webhooks/durabletask/instances";

    /// <summary>Heartbeats come each quarter of a minute.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    [Fact]
    public void Who_looks_at_a_volume_that_is_filled_sees_how_far_it_is() =>
        TestCloud.Run(async cloud =>
        {
            await cloud.FurnishAsync();
            await cloud.IdleAsync();
            cloud.Hosts[0].Metal.Before = (operation, _) =>
                operation == "WriteVolumeImage"
                    ? Task.Delay(Long, cloud.World.Time, TestContext.Current.CancellationToken)
                    : Task.CompletedTask;
            var order = $$$"""{"volume":{"size":1,"imageRef":"{{{cloud.Image}}}"}}""";
            (await cloud.PostAsync("/volume/v3/volumes", order, cloud.Demo)).Must(202);
            await Task.Delay(Long - TimeSpan.FromSeconds(5), cloud.World.Time, TestContext.Current.CancellationToken);
            Assert.Equal(50, Percent(await StepAsync(cloud)));
            await cloud.IdleAsync();
            Assert.Null(Percent(await StepAsync(cloud)));
            Assert.Equal("Completed", (await StepAsync(cloud)).GetProperty("status").GetString());
        });

    private static int? Percent(JsonElement step) =>
        step.TryGetProperty("percentComplete", out var percent) ? percent.GetInt32() : null;

    private static async Task<JsonElement> StepAsync(TestCloud cloud)
    {
        var listed = (await cloud.GetAsync($"{Instances}?instanceIdPrefix=volume-", cloud.Demo)).Must(200).Json;
        var id = listed.EnumerateArray().Single(one => one.GetProperty("name").GetString() == "ProvisionVolume");
        var shown = (await cloud.GetAsync($"{Instances}/{id.GetProperty("instanceId").GetString()}", cloud.Demo)).Json;
        return shown
            .GetProperty("steps")
            .EnumerateArray()
            .Single(s => s.GetProperty("name").GetString() == "FillVolume");
    }
}
