using System.Security.Cryptography;
using Pipeline.Agent.Images;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Image;
using Pipeline.Drivers;
using Pipeline.Drivers.Disk.Fake;

namespace Pipeline.Services.Tests.Agent.Images;

public sealed class ImageCacheTests : IDisposable
{
    private const string CloudId = "cloud";
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
    private static readonly ImageRef Image = new(
        new(new Guid("11111111-1111-1111-1111-111111111111")),
        "raw",
        Bytes.Length,
        Convert.ToHexStringLower(SHA512.HashData(Bytes))
    );
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-images-").FullName;
    private readonly FakeHost metal = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task road = Task.CompletedTask;
    private readonly ImageCache cache;

    public ImageCacheTests() => cache = new(folder, OpenAsync, new FakeDiskDriver(metal, CloudId));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_image_deleted_while_it_is_fetched_arrives_whole_and_goes_with_its_last_disk()
    {
        var held = new TaskCompletionSource();
        road = held.Task;
        var fetching = cache.EnsureAsync(Image, Ct);
        await asked.Task;
        var evicting = cache.EvictAsync(Image.Id, Ct);
        Assert.False(evicting.IsCompleted);
        await StandOnAsync(Path.Combine(folder, $"{Image.Id}.raw"));
        held.SetResult();

        var cached = await fetching;
        await evicting;
        Assert.Equal(Bytes, await File.ReadAllBytesAsync(cached.Path, Ct));

        metal.Disks.Clear();
        await cache.SweepAsync(Ct);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task An_image_that_no_disk_stands_on_goes_at_once()
    {
        await cache.EnsureAsync(Image, Ct);
        await cache.EvictAsync(Image.Id, Ct);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task What_a_dead_agent_had_half_fetched_goes_with_its_image()
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{Image.Id}.raw.part"), Bytes, Ct);
        await cache.EvictAsync(Image.Id, Ct);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task An_image_that_arrives_damaged_leaves_nothing()
    {
        var fault = await Assert.ThrowsAsync<Fault>(() => cache.EnsureAsync(Image with { Sha512 = "another" }, Ct));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private async Task<Stream> OpenAsync(ImageId image, CancellationToken ct)
    {
        Assert.Equal(Image.Id, image);
        asked.TrySetResult();
        await road.WaitAsync(ct);
        return new MemoryStream(Bytes, writable: false);
    }

    private async Task StandOnAsync(string image)
    {
        var driver = new FakeDiskDriver(metal, CloudId);
        var server = new ServerId(new Guid("22222222-2222-2222-2222-222222222222"));
        await driver.EnsureDiskAsync(new(server, CloudId, 1 << 20), Ct);
        await driver.WriteImageAsync(server, new CachedImage(Image.Id, image, "raw"), Ct);
    }
}
