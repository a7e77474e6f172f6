using Pipeline.Services.Tests.Runtime;
using Pipeline.Services.Tests.Runtime.Storage;

namespace Pipeline.Services.Tests.Image;

/// <summary>Runs while no other test does: what it counts is the whole process's.</summary>
[Collection(nameof(Alone))]
public sealed class UploadMemoryTests
{
    [Fact]
    public async Task A_hundred_megabytes_pass_through_little_memory()
    {
        const long size = 100L << 20;
        var blobs = new DroppingBlobs(new ManualTime());
        await using var world = await ImageWorld.StartAsync(blobs);
        var id = await world.CreateAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(204, (await world.UploadAsync(id, new ZeroStream(size), length: size)).Status);
        // Of all threads of the process: far below the size is all that can be promised.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, size / 2);
        Assert.Equal(size, blobs.Read);
    }
}
