using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Image;
using Pipeline.Image.Files;
using Pipeline.Image.Sweeps;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Image;

public sealed class SweepsTests
{
    private static readonly TimerInfo Timer = new(new(default, default), false);

    [Fact]
    public async Task What_a_dead_process_left_between_blob_and_commit_is_cleaned()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        var died = new TaskCompletionSource();
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Blobs.Stored = () =>
        {
            stored.SetResult();
            return died.Task; // never: the process is gone
        };
        _ = world.UploadAsync(id, new MemoryStream(new byte[10]));
        await stored.Task;
        Assert.Single(await world.Blobs.NamesAsync());

        world.Time.Advance(Uploads.Silence - TimeSpan.FromSeconds(1));
        await SweepAsync(world);
        Assert.Equal("saving", await world.StatusOfAsync(id));

        world.Time.Advance(TimeSpan.FromSeconds(2));
        await SweepAsync(world);
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Single(await world.Blobs.NamesAsync());

        world.Time.Advance(TimeSpan.FromHours(1));
        await SweepAsync(world);
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task A_blob_that_could_not_be_removed_with_its_failed_upload_is_removed_later()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        world.Blobs.Stored = () => throw new IOException("the answer was lost");
        world.Blobs.Deleting = () => throw new IOException("unreachable");
        Assert.Equal(500, (await world.UploadAsync(id, new byte[10])).Status);
        Assert.Equal("queued", await world.StatusOfAsync(id));
        Assert.Single(await world.Blobs.NamesAsync());

        world.Blobs.Deleting = () => Task.CompletedTask;
        world.Time.Advance(TimeSpan.FromHours(1));
        await SweepAsync(world);
        Assert.Empty(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task The_file_of_an_active_image_stays_however_old()
    {
        await using var world = await ImageWorld.StartAsync();
        var id = await world.CreateAsync();
        await world.UploadAsync(id, new byte[10]);
        world.Time.Advance(TimeSpan.FromDays(400));
        await SweepAsync(world);
        Assert.Equal("active", await world.StatusOfAsync(id));
        Assert.Single(await world.Blobs.NamesAsync());
    }

    [Fact]
    public async Task What_is_not_named_as_an_image_is_left_alone()
    {
        await using var world = await ImageWorld.StartAsync();
        await world.Blobs.PutAsync("readme", new MemoryStream([1]), ct: TestContext.Current.CancellationToken);
        world.Time.Advance(TimeSpan.FromDays(1));
        await SweepAsync(world);
        Assert.Single(await world.Blobs.NamesAsync());
    }

    private static async Task SweepAsync(ImageWorld world)
    {
        await new ResetDeadUploads(world.Database, world.Time).RunAsync(Timer);
        var logger = NullLogger<RemoveStrayBlobs>.Instance;
        await new RemoveStrayBlobs(world.Database, world.Get<ImageBlobs>(), world.Time, logger).RunAsync(
            Timer,
            TestContext.Current.CancellationToken
        );
    }
}
