using System.Buffers.Binary;
using System.Diagnostics;
using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Disk.Qcow2;

namespace Pipeline.Drivers.Tests.Disk;

/// <summary>The contract and what is qcow2's own, with real images.</summary>
public sealed class Qcow2DiskDriverTests : DiskDriverContract, IDisposable
{
    private const int ImageBytes = 8 * 1024 * 1024;
    private readonly TempFolder _folder = new();
    private long _free = 100L << 30;

    public void Dispose() => _folder.Dispose();

    protected override IDiskDriver DriverOf(string cloud) =>
        new Qcow2DiskDriver(
            new Qcow2Options(_folder.In("data"), cloud) { FreeBytes = _ => _free },
            new Command(TimeProvider.System)
        );

    protected override Task<CachedImage> NewImageAsync() => NewImageAsync("qcow2");

    [Theory, InlineData("raw"), InlineData("qcow2")]
    public async Task The_disk_has_its_own_size_and_the_images_content(string format)
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync(format));
        var path = await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        var header = await Qcow2Header.ReadAsync(path, Ct);
        Assert.Equal(Size, header!.VirtualBytes);
        await QemuImgAsync("convert", "-f", "qcow2", "-O", "raw", path, _folder.In("content"));
        var content = await File.ReadAllBytesAsync(_folder.In("content"), Ct);
        Assert.Equal(Content(), content[..ImageBytes]);
        Assert.DoesNotContain(content[ImageBytes..], value => value != 0);
    }

    [Fact]
    public async Task A_disk_without_a_size_takes_the_images()
    {
        var (driver, spec) = (NewDriver(), NewSpec() with { Bytes = 0 });
        var path = await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, await NewImageAsync(), Ct);
        Assert.Equal(ImageBytes, (await Qcow2Header.ReadAsync(path, Ct))!.VirtualBytes);
    }

    [Fact]
    public async Task An_image_larger_than_the_disk_is_refused()
    {
        var spec = NewSpec() with { Bytes = ImageBytes - 1 };
        var fault = await RefusedAsync(await NewImageAsync(), spec);
        Assert.Contains($"{ImageBytes} bytes", fault.Message);
    }

    [Fact]
    public async Task An_image_with_a_backing_file_is_refused()
    {
        var secret = await NewImageAsync("raw");
        var image = NewImage("qcow2");
        await QemuImgAsync("create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret.Path, image.Path);
        Assert.Contains("backing file", (await RefusedAsync(image)).Message);
    }

    [Fact]
    public async Task An_image_with_an_external_data_file_is_refused()
    {
        var image = NewImage("qcow2");
        var options = $"data_file={_folder.In("secret")},data_file_raw=on";
        await QemuImgAsync("create", "-q", "-f", "qcow2", "-o", options, image.Path, "1M");
        Assert.Contains("data file", (await RefusedAsync(image)).Message);
    }

    [Theory, InlineData("raw", "qcow2"), InlineData("qcow2", "raw")]
    public async Task An_image_that_is_not_what_it_says_is_refused(string is_, string says)
    {
        var image = await NewImageAsync(is_) with { Format = says };
        Assert.Contains($"declared {says}", (await RefusedAsync(image)).Message);
    }

    // The header's bytes for the way of encryption, and the last byte of the features without which it cannot be read.
    [
        Theory,
        InlineData(35, 2, "encrypted"),
        InlineData(79, 1 << 1, "corrupt"),
        InlineData(79, 1 << 6, "not known here")
    ]
    public async Task An_image_whose_header_says_so_is_refused(int at, byte value, string complaint)
    {
        var image = await NewImageAsync();
        var bytes = await File.ReadAllBytesAsync(image.Path, Ct);
        bytes[at] = value;
        await File.WriteAllBytesAsync(image.Path, bytes, Ct);
        Assert.Contains(complaint, (await RefusedAsync(image)).Message);
    }

    [Fact]
    public async Task A_corrupt_image_is_refused_and_leaves_no_disk()
    {
        var image = await NewImageAsync();
        var bytes = await File.ReadAllBytesAsync(image.Path, Ct);
        var table = (int)BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(40));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(table), 0x8000_0000_7fff_0000); // its first table lies far outside
        await File.WriteAllBytesAsync(image.Path, bytes, Ct);
        var fault = await RefusedAsync(image);
        Assert.Contains("corrupt", fault.Message);
        Assert.DoesNotContain(_folder.Path, fault.Message);
    }

    [Fact]
    public async Task An_image_that_was_cut_off_is_refused()
    {
        var image = await NewImageAsync();
        var bytes = await File.ReadAllBytesAsync(image.Path, Ct);
        await File.WriteAllBytesAsync(image.Path, bytes[..(bytes.Length / 3)], Ct);
        await RefusedAsync(image);
        await File.WriteAllBytesAsync(image.Path, bytes[..50], Ct);
        await RefusedAsync(image);
    }

    [Fact]
    public async Task An_image_is_checked_again_when_it_changes()
    {
        var (driver, image) = (NewDriver(), await NewImageAsync());
        foreach (var spec in (DiskSpec[])[NewSpec(), NewSpec()])
        {
            await driver.EnsureDiskAsync(spec, Ct);
            await driver.WriteImageAsync(spec.Id, image, Ct);
        }
        await File.WriteAllTextAsync(image.Path, "not an image any more", Ct);
        var last = NewSpec();
        await driver.EnsureDiskAsync(last, Ct);
        await RefusesAsync(FaultCode.BadRequest, () => driver.WriteImageAsync(last.Id, image, Ct));
    }

    [Fact]
    public async Task An_image_that_is_not_in_the_cache_is_the_hosts_fault()
    {
        var spec = NewSpec();
        await NewDriver().EnsureDiskAsync(spec, Ct);
        await RefusesAsync(FaultCode.DriverFailed, () => NewDriver().WriteImageAsync(spec.Id, NewImage("raw"), Ct));
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_fault_and_leaves_nothing()
    {
        _free = 100 << 20;
        var fault = await RefusesAsync(FaultCode.DiskFull, () => NewDriver().EnsureDiskAsync(NewSpec(), Ct));
        Assert.Equal("the host has 100 MiB of disk left; a disk needs 1088 MiB", fault.Message);
        Assert.Empty(await ListAsync(NewDriver()));
    }

    [Fact]
    public async Task A_disk_that_fills_up_in_between_fails_the_image_and_not_what_stands()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        await driver.EnsureDiskAsync(spec, Ct);
        _free = 0;
        await RefusesAsync(FaultCode.DiskFull, () => driver.WriteImageAsync(spec.Id, image, Ct));
        Assert.Null(Assert.Single(await ListAsync(driver)).BackingFile);
        _free = 100L << 30;
        await driver.WriteImageAsync(spec.Id, image, Ct);
        _free = 0;
        await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
    }

    [Fact]
    public async Task A_half_written_overlay_is_made_again()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        var path = await driver.EnsureDiskAsync(spec, Ct);
        await File.WriteAllTextAsync(path + ".new", "half an overlay", Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        Assert.Equal(image.Path, Assert.Single(await ListAsync(driver)).BackingFile);
        Assert.False(File.Exists(path + ".new"));
    }

    [Fact]
    public async Task A_second_write_keeps_what_the_guest_wrote()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        var path = await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        await new Command(TimeProvider.System).RunAsync(new("qemu-io", ["-c", "write -P 7 0 512", path]), Ct);
        var before = await File.ReadAllBytesAsync(path, Ct);
        await NewDriver().WriteImageAsync(spec.Id, image, Ct);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Ct));
    }

    [Fact]
    public async Task What_a_killed_agent_left_half_made_is_listed_and_can_be_deleted()
    {
        var id = NewSpec().Id;
        var folder = Path.Combine(_folder.In("data"), "disks", $"{id}");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "disk.json.new"), "{\"Id", Ct);
        Assert.Equal(id, Assert.Single(await ListAsync(NewDriver())).Id);
        await NewDriver().DeleteDisksAsync(id, Ct);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_header_cut_off_anywhere_is_no_header_and_no_crash()
    {
        var image = await NewImageAsync();
        var bytes = await File.ReadAllBytesAsync(image.Path, Ct);
        for (var length = 0; length < 104; length++)
            Assert.Null(Qcow2Header.Parse(bytes.AsSpan(0, length)));
        Assert.Equal(ImageBytes, Qcow2Header.Parse(bytes.AsSpan(0, 104))!.VirtualBytes);
    }

    [Fact]
    public async Task Its_commands_are_spans_of_the_step_that_runs_them()
    {
        var (driver, spec, image) = (NewDriver(), NewSpec(), await NewImageAsync());
        using var step = new Activity("step").Start();
        using var spans = new CommandSpans(step);
        await driver.EnsureDiskAsync(spec, Ct);
        await driver.WriteImageAsync(spec.Id, image, Ct);
        Assert.NotEmpty(spans.Named("qemu-img"));
        Assert.All(spans.Named("qemu-img"), span => Assert.Equal(step.SpanId, span.ParentSpanId));
    }

    private async Task<Fault> RefusedAsync(CachedImage image, DiskSpec? of = null)
    {
        var (driver, spec) = (NewDriver(), of ?? NewSpec());
        await driver.EnsureDiskAsync(spec, Ct);
        var fault = await RefusesAsync(FaultCode.BadRequest, () => driver.WriteImageAsync(spec.Id, image, Ct));
        Assert.Null(Assert.Single(await ListAsync(driver), disk => disk.Id == spec.Id).BackingFile);
        return fault;
    }

    private CachedImage NewImage(string format)
    {
        var id = new ImageId(Guid.NewGuid());
        return new CachedImage(id, _folder.In($"{id}"), format);
    }

    private async Task<CachedImage> NewImageAsync(string format)
    {
        var (raw, image) = (NewImage("raw"), NewImage(format));
        await File.WriteAllBytesAsync(raw.Path, Content(), Ct);
        await QemuImgAsync("convert", "-f", "raw", "-O", format, raw.Path, image.Path);
        return image;
    }

    private static byte[] Content() => [.. Enumerable.Range(0, ImageBytes).Select(at => (byte)(at / 4096))];

    private static Task<string> QemuImgAsync(params string[] arguments) =>
        new Command(TimeProvider.System).RunAsync(new("qemu-img", arguments), Ct);
}
