using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>What every implementation of `IBlobs` promises.</summary>
public abstract class BlobsContract
{
    private const int Block = 4 * 1024 * 1024;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An empty container of the test's own, not created yet.</summary>
    protected abstract Task<IBlobs> BlobsAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((2 * Block) + 12345)]
    public async Task A_blob_of_any_length_comes_back_with_its_hash(int length)
    {
        var blobs = await NewContainerAsync();
        var content = Bytes(length);
        var put = await blobs.PutAsync("folder/blob", new TrickleStream(content), ct: Ct);
        var seen = await blobs.GetPropertiesAsync("folder/blob", Ct);
        Assert.Equal(length, put.ContentLength);
        Assert.Equal(MD5.HashData(content), put.ContentHash);
        Assert.Equal((put.ContentLength, put.ETag), (seen.ContentLength, seen.ETag));
        Assert.Equal(put.ContentHash, seen.ContentHash);
        Assert.Equal(content, await ReadAsync(blobs, "folder/blob"));
    }

    [Theory]
    [InlineData(0, 10L)]
    [InlineData(95, 5L)]
    [InlineData(90, 100L)]
    [InlineData(40, null)]
    [InlineData(0, null)]
    [InlineData(99, long.MaxValue)]
    public async Task A_part_of_a_blob_is_read(int offset, long? count)
    {
        var blobs = await NewContainerAsync();
        var content = Bytes(100);
        await blobs.PutAsync("b", new MemoryStream(content), ct: Ct);
        var expected = content.Skip(offset).Take((int)Math.Min(count ?? 100, 100)).ToArray();
        Assert.Equal(expected, await ReadAsync(blobs, "b", offset, count));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 100)]
    [InlineData(100, 5000)]
    public async Task Beyond_the_end_there_is_nothing_to_read(int length, long offset)
    {
        var blobs = await NewContainerAsync();
        await blobs.PutAsync("b", new MemoryStream(Bytes(length)), ct: Ct);
        Assert.Empty(await ReadAsync(blobs, "b", offset, 10));
        Assert.Empty(await ReadAsync(blobs, "b", offset));
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, 0L)]
    [InlineData(0, -1L)]
    public async Task A_part_that_cannot_be_is_refused(long offset, long? count)
    {
        var blobs = await NewContainerAsync();
        await blobs.PutAsync("b", new MemoryStream(Bytes(1)), ct: Ct);
        await FaultsAsync(FaultCode.BadRequest, () => blobs.OpenAsync("b", offset, count, Ct));
    }

    [Fact]
    public async Task A_blob_put_again_is_replaced()
    {
        var blobs = await NewContainerAsync();
        var first = await blobs.PutAsync("b", new MemoryStream(Bytes(10)), ct: Ct);
        var second = await blobs.PutAsync("b", new MemoryStream("new"u8.ToArray()), ct: Ct);
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal("new"u8.ToArray(), await ReadAsync(blobs, "b"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Block + 10)]
    public async Task A_create_leaves_an_existing_blob_alone(int length)
    {
        var blobs = await NewContainerAsync();
        var content = Bytes(length);
        await blobs.PutAsync("b", new MemoryStream(content), createOnly: true, Ct);
        foreach (var other in new[] { new byte[length], content })
            await FaultsAsync(
                FaultCode.Conflict,
                () => blobs.PutAsync("b", new MemoryStream(other), createOnly: true, Ct)
            );
        Assert.Equal(content, await ReadAsync(blobs, "b"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData((2 * Block) + 100)]
    public async Task A_source_that_breaks_off_leaves_no_blob(int good)
    {
        var blobs = await NewContainerAsync();
        await Assert.ThrowsAsync<IOException>(() =>
            blobs.PutAsync("b", new TrickleStream(Bytes(good), breaksOff: true), ct: Ct)
        );
        Assert.False(await blobs.ExistsAsync("b", Ct));
        Assert.Empty(await NamesAsync(blobs, ""));
    }

    [Fact]
    public async Task A_source_that_breaks_off_leaves_the_former_blob()
    {
        var blobs = await NewContainerAsync();
        await blobs.PutAsync("b", new MemoryStream("old"u8.ToArray()), ct: Ct);
        await Assert.ThrowsAsync<IOException>(() =>
            blobs.PutAsync("b", new TrickleStream(Bytes(Block + 1), breaksOff: true), ct: Ct)
        );
        Assert.Equal("old"u8.ToArray(), await ReadAsync(blobs, "b"));
    }

    [Fact]
    public async Task Uploads_to_one_name_at_one_time_never_mix()
    {
        var blobs = await NewContainerAsync();
        var contents = Enumerable.Range(1, 3).Select(i => Enumerable.Repeat((byte)i, Block + i).ToArray()).ToArray();
        var puts = contents.Select(content => OutcomeAsync(blobs.PutAsync("b", new TrickleStream(content), ct: Ct)));
        var outcomes = await Task.WhenAll(puts);
        Assert.Contains(null, outcomes);
        Assert.All(outcomes, fault => Assert.True(fault is null || fault.Code == FaultCode.Conflict));
        Assert.Contains(await ReadAsync(blobs, "b"), contents);

        static async Task<Fault?> OutcomeAsync(Task put)
        {
            try
            {
                await put;
                return null;
            }
            catch (Fault fault)
            {
                return fault;
            }
        }
    }

    [Fact]
    public async Task A_blob_exists_from_its_put_to_its_deletion()
    {
        var blobs = await NewContainerAsync();
        Assert.False(await blobs.ExistsAsync("b", Ct));
        await blobs.PutAsync("b", new MemoryStream(Bytes(1)), ct: Ct);
        Assert.True(await blobs.ExistsAsync("b", Ct));
        await blobs.DeleteAsync("b", Ct);
        await blobs.DeleteAsync("b", Ct);
        Assert.False(await blobs.ExistsAsync("b", Ct));
    }

    [Fact]
    public async Task An_absent_blob_is_not_found()
    {
        var blobs = await NewContainerAsync();
        await FaultsAsync(FaultCode.NotFound, () => blobs.OpenAsync("b", ct: Ct));
        await FaultsAsync(FaultCode.NotFound, () => blobs.GetPropertiesAsync("b", Ct));
    }

    [Fact]
    public async Task Without_the_container_there_are_no_blobs()
    {
        var blobs = await BlobsAsync();
        await FaultsAsync(FaultCode.NotFound, () => blobs.PutAsync("b", new MemoryStream(Bytes(1)), ct: Ct));
        await FaultsAsync(FaultCode.NotFound, () => blobs.OpenAsync("b", ct: Ct));
        await FaultsAsync(FaultCode.NotFound, () => NamesAsync(blobs, ""));
        Assert.False(await blobs.ExistsAsync("b", Ct));
        await blobs.DeleteAsync("b", Ct);
        await blobs.CreateAsync(Ct);
        await blobs.CreateAsync(Ct);
        Assert.Empty(await NamesAsync(blobs, ""));
    }

    [Fact]
    public async Task The_list_has_the_blobs_under_a_prefix_in_order_with_their_properties()
    {
        var blobs = await NewContainerAsync();
        foreach (var name in new[] { "b/2", "a/1", "b/1", "b/1x", "c" })
            await blobs.PutAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(name)), ct: Ct);
        Assert.Equal(["a/1", "b/1", "b/1x", "b/2", "c"], await NamesAsync(blobs, ""));
        Assert.Equal(["b/1", "b/1x", "b/2"], await NamesAsync(blobs, "b/"));
        Assert.Empty(await NamesAsync(blobs, "d"));
        await foreach (var item in blobs.ListAsync("b/1x", Ct))
        {
            var properties = await blobs.GetPropertiesAsync(item.Name, Ct);
            Assert.Equal(4, item.Properties.ContentLength);
            Assert.Equal(properties.ETag, item.Properties.ETag);
            Assert.Equal(MD5.HashData("b/1x"u8), item.Properties.ContentHash);
        }
    }

    [Theory]
    [InlineData("Grüße/мир/世界 🚀")]
    [InlineData("a b+c%20d&e=f?g#h;i,j:k@l!m$n'o(p)q*r~s")]
    [InlineData("<xml>&amp;\"")]
    [InlineData(" leading and trailing ")]
    [InlineData("UPPER/lower/.hidden/...x")]
    public async Task A_name_of_any_writing_works(string name)
    {
        var blobs = await NewContainerAsync();
        await blobs.PutAsync(name, new MemoryStream("x"u8.ToArray()), ct: Ct);
        Assert.Equal("x"u8.ToArray(), await ReadAsync(blobs, name));
        Assert.Equal([name], await NamesAsync(blobs, ""));
        Assert.Equal([name], await NamesAsync(blobs, name));
        await blobs.DeleteAsync(name, Ct);
        Assert.False(await blobs.ExistsAsync(name, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a.")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public async Task A_name_that_no_URL_can_carry_is_refused(string name)
    {
        var blobs = await NewContainerAsync();
        await FaultsAsync(FaultCode.BadRequest, () => blobs.PutAsync(name, new MemoryStream(), ct: Ct));
        await FaultsAsync(FaultCode.BadRequest, () => blobs.OpenAsync(name, ct: Ct));
        await FaultsAsync(FaultCode.BadRequest, () => blobs.ExistsAsync(name, Ct));
        await FaultsAsync(FaultCode.BadRequest, () => blobs.DeleteAsync(name, Ct));
    }

    protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    protected static async Task<byte[]> ReadAsync(IBlobs blobs, string name, long offset = 0, long? count = null)
    {
        await using var stream = await blobs.OpenAsync(name, offset, count, Ct);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Ct);
        return copy.ToArray();
    }

    private static async Task<string[]> NamesAsync(IBlobs blobs, string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in blobs.ListAsync(prefix, Ct))
            names.Add(blob.Name);
        return [.. names];
    }

    private static async Task FaultsAsync(FaultCode code, Func<Task> act) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<Fault>(act)).Code);

    private async Task<IBlobs> NewContainerAsync()
    {
        var blobs = await BlobsAsync();
        await blobs.CreateAsync(Ct);
        return blobs;
    }
}
