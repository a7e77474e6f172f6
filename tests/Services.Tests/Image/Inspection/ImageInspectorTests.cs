using Pipeline.Contracts;
using Pipeline.Image.Inspection;

namespace Pipeline.Services.Tests.Image.Inspection;

public sealed class ImageInspectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(512)]
    [InlineData(100_000)]
    public void A_sound_qcow2_is_taken_whatever_the_pieces(int piece)
    {
        Assert.Equal(5 << 20, Inspect("qcow2", Qcow2Bytes.Of(virtualSize: 5 << 20), piece));
        Assert.Equal(5 << 20, Inspect("qcow2", Qcow2Bytes.Of(2, 5 << 20), piece));
    }

    public static TheoryData<string, Action<byte[]>> Spoiled() =>
        new()
        {
            { "backing file", file => Qcow2Bytes.Put(file, 8, 512UL) },
            { "version 4", file => Qcow2Bytes.Put(file, 4, 4) },
            { "another file", file => Qcow2Bytes.Put(file, 72, 4UL) },
            { "corrupt", file => Qcow2Bytes.Put(file, 72, 2UL) },
            { "unknown features (0x20)", file => Qcow2Bytes.Put(file, 72, 32UL) },
            { "encrypted", file => Qcow2Bytes.Put(file, 32, 2) },
            { "clusters", file => Qcow2Bytes.Put(file, 20, 8) },
            { "clusters", file => Qcow2Bytes.Put(file, 20, 22) },
            { "reference counts", file => Qcow2Bytes.Put(file, 96, 7) },
            { "header is 96", file => Qcow2Bytes.Put(file, 100, 96) },
            { "disk of 0", file => Qcow2Bytes.Put(file, 24, 0UL) },
            { "disk of 18446744073709551615", file => Qcow2Bytes.Put(file, 24, ulong.MaxValue) },
            { "tables", file => Qcow2Bytes.Put(file, 40, ulong.MaxValue) },
            { "cut off", file => Qcow2Bytes.Put(file, 40, 9UL << 16) },
        };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void A_qcow2_that_points_elsewhere_or_is_unsound_is_refused_by_its_reason(
        string why,
        Action<byte[]> spoil
    ) => Assert.Contains(why, Refused("qcow2", Qcow2Bytes.Of(change: spoil)));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(71)]
    [InlineData(103)]
    public void A_header_that_ends_early_is_no_qcow2(int length) =>
        Assert.Contains("qcow2", Refused("qcow2", Qcow2Bytes.Of()[..length]));

    [Fact]
    public void What_is_not_qcow2_is_refused_before_its_end()
    {
        var inspector = new ImageInspector("qcow2");
        Assert.Throws<Fault>(() => inspector.Add(new byte[512]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(5000)]
    public void Raw_is_any_plain_bytes(int length) => Assert.Equal(length, Inspect("raw", new byte[length], 100));

    [Theory]
    [InlineData("KDMV", 0, "vmdk")]
    [InlineData("COWD", 0, "vmdk")]
    [InlineData("# Disk DescriptorFile\nversion=1\n", 0, "vmdk")]
    [InlineData("# x\n\n  version=1\nRW 2048 FLAT \"/etc/shadow\" 0\n", 0, "vmdk")]
    [InlineData("conectix", 0, "vhd")]
    [InlineData("conectix", 4488, "vhd")]
    [InlineData("vhdxfile", 0, "vhdx")]
    [InlineData("koly", 4488, "dmg")]
    [InlineData("WithoutFreeSpace", 0, "parallels")]
    public void Raw_that_reads_as_another_format_is_refused(string mark, int at, string format)
    {
        var file = new byte[5000];
        System.Text.Encoding.ASCII.GetBytes(mark).CopyTo(file, at);
        Assert.Contains($"in the format {format}.", Refused("raw", file));
    }

    [Fact]
    public void Raw_that_is_qcow2_is_refused() => Assert.Contains("qcow", Refused("raw", Qcow2Bytes.Of()));

    internal static long Inspect(string format, byte[] file, int piece)
    {
        var inspector = new ImageInspector(format);
        for (var at = 0; at < file.Length; at += piece)
            inspector.Add(file.AsSpan(at, Math.Min(piece, file.Length - at)));
        return inspector.Finish();
    }

    internal static string Refused(string format, byte[] file)
    {
        var fault = Assert.Throws<Fault>(() => Inspect(format, file, 4096));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        return fault.Message;
    }
}
