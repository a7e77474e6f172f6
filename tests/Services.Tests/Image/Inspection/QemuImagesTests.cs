using System.Diagnostics;

namespace Pipeline.Services.Tests.Image.Inspection;

/// <summary>Files as `qemu-img` itself makes them.</summary>
public sealed class QemuImagesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-qemu-").FullName;

    [Theory]
    [InlineData("compat=0.10")]
    [InlineData("compat=1.1")]
    [InlineData("compat=1.1,lazy_refcounts=on")]
    [InlineData("compression_type=zstd,cluster_size=4096")]
    [InlineData("extended_l2=on")]
    [InlineData("preallocation=metadata")]
    public async Task A_plain_qcow2_is_taken_with_its_size(string options)
    {
        var file = await MakeAsync("qcow2", options);
        Assert.Equal(10 << 20, ImageInspectorTests.Inspect("qcow2", file, 4096));
    }

    [Fact]
    public async Task A_qcow2_over_a_host_file_is_refused()
    {
        await MakeAsync("raw", "", "base");
        var file = await MakeAsync("qcow2", $"backing_file={folder}/base,backing_fmt=raw");
        Assert.Contains("backing file", ImageInspectorTests.Refused("qcow2", file));
    }

    [Fact]
    public async Task A_qcow2_with_its_data_in_a_host_file_is_refused()
    {
        var file = await MakeAsync("qcow2", $"data_file={folder}/data,data_file_raw=on");
        Assert.Contains("another file", ImageInspectorTests.Refused("qcow2", file));
    }

    [Theory]
    [InlineData("vmdk", "")]
    [InlineData("vmdk", "subformat=monolithicFlat")]
    [InlineData("vmdk", "subformat=streamOptimized")]
    [InlineData("vdi", "")]
    [InlineData("vpc", "")]
    [InlineData("vpc", "subformat=fixed")]
    [InlineData("vhdx", "")]
    [InlineData("qed", "")]
    [InlineData("parallels", "")]
    [InlineData("qcow", "")]
    [InlineData("qcow2", "")]
    public async Task Another_format_is_no_raw_image(string format, string options)
    {
        var file = await MakeAsync(format, options);
        Assert.Contains("in the format", ImageInspectorTests.Refused("raw", file));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<byte[]> MakeAsync(string format, string options, string name = "image")
    {
        var path = Path.Combine(folder, name);
        var start = new ProcessStartInfo("qemu-img") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { "create", "-q", "-f", format })
            start.ArgumentList.Add(argument);
        if (options.Length > 0)
        {
            start.ArgumentList.Add("-o");
            start.ArgumentList.Add(options);
        }
        start.ArgumentList.Add(path);
        start.ArgumentList.Add("10M");
        using var made = Process.Start(start)!;
        var ct = TestContext.Current.CancellationToken;
        var errors = await made.StandardError.ReadToEndAsync(ct);
        await made.WaitForExitAsync(ct);
        Assert.True(made.ExitCode == 0, errors);
        return await File.ReadAllBytesAsync(path, ct);
    }
}
