using System.Buffers.Binary;
using System.Text;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Drivers.Tests.Hypervisor;

public sealed class Iso9660Tests
{
    private static readonly Dictionary<string, byte[]> ConfigDrive = new()
    {
        ["openstack/latest/meta_data.json"] = Encoding.UTF8.GetBytes("{\"uuid\": \"x\"}"),
        ["openstack/latest/user_data"] = Bytes(5000),
        ["openstack/latest/vendor_data.json"] = [],
        ["openstack/2012-08-10/meta_data.json"] = Bytes(2048),
        ["openstack/content/0000"] = Bytes(2049),
        ["ec2/latest/meta-data.json"] = Bytes(1),
    };

    [Theory, InlineData(16), InlineData(17)]
    public void Both_trees_lead_to_the_same_contents(int descriptor)
    {
        var read = Read(Iso9660.Write("config-2", ConfigDrive), descriptor);
        Assert.Equal(ConfigDrive.Values.Select(Encoding.Latin1.GetString).Order(), read.Values.Order());
    }

    [Fact]
    public void The_Joliet_tree_has_the_names_as_they_are()
    {
        var read = Read(Iso9660.Write("config-2", ConfigDrive), 17);
        Assert.Equal(ConfigDrive.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_plain_tree_has_names_that_Linux_lowers_to_the_right_ones()
    {
        var read = Read(Iso9660.Write("config-2", ConfigDrive), 16);
        Assert.Contains("OPENSTACK/LATEST/META_DATA.JSON", read.Keys);
        Assert.Contains("OPENSTACK/LATEST/USER_DATA.", read.Keys);
    }

    [Fact]
    public void The_label_stands_in_both_descriptors()
    {
        var image = Iso9660.Write("config-2", ConfigDrive);
        Assert.Equal("config-2", Encoding.ASCII.GetString(image, (16 * 2048) + 40, 32).Trim());
        Assert.Equal("config-2", Encoding.BigEndianUnicode.GetString(image, (17 * 2048) + 40, 32).Trim());
    }

    [Fact]
    public void A_folder_larger_than_a_sector_is_whole()
    {
        var files = Enumerable.Range(0, 300).ToDictionary(n => $"many/a_rather_long_name_{n:D4}.json", n => Bytes(n));
        var image = Iso9660.Write("config-2", files);
        Assert.Equal(files.Keys.Order(), Read(image, 17).Keys.Order());
        Assert.Equal(300, Read(image, 16).Count);
    }

    [Fact]
    public void Names_that_the_plain_tree_cannot_tell_apart_get_numbers()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["a-b.c"] = [1],
            ["a_b.c"] = [2],
            ["A-b.c"] = [3],
            ["a-b/x"] = [4],
        };
        Assert.Equal(4, Read(Iso9660.Write("config-2", files), 16).Count);
    }

    [Fact]
    public void The_same_files_give_the_same_bytes()
    {
        var reversed = ConfigDrive.Reverse().ToDictionary();
        Assert.Equal(Iso9660.Write("config-2", ConfigDrive), Iso9660.Write("config-2", reversed));
    }

    [Fact]
    public void An_empty_config_drive_is_a_volume_without_files() =>
        Assert.Empty(Read(Iso9660.Write("config-2", new Dictionary<string, byte[]>()), 17));

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(at => (byte)(at * 7))];

    // Reads as a kernel does: descriptor, root record, directories by their records.
    private static Dictionary<string, string> Read(byte[] image, int descriptor)
    {
        var volume = image.AsSpan(descriptor * 2048, 2048);
        Assert.Equal("CD001", Encoding.ASCII.GetString(volume[1..6]));
        Assert.Equal(image.Length / 2048, BinaryPrimitives.ReadInt32LittleEndian(volume[80..]));
        var files = new Dictionary<string, string>();
        Walk(image, volume.Slice(156, 34).ToArray(), "", descriptor == 17, files);
        return files;
    }

    private static void Walk(byte[] image, byte[] folder, string path, bool joliet, Dictionary<string, string> files)
    {
        var (start, bytes) = Extent(folder);
        for (var at = start; at < start + bytes; )
        {
            if (image[at] == 0)
            {
                at = ((at / 2048) + 1) * 2048;
                continue;
            }
            var record = image[at..(at + image[at])];
            at += record.Length;
            var name = record.AsSpan(33, record[32]);
            if (name is [0] or [1])
                continue;
            var text = joliet ? Encoding.BigEndianUnicode.GetString(name) : Encoding.ASCII.GetString(name);
            if (record[25] == 2)
            {
                Walk(image, record, $"{path}{text}/", joliet, files);
                continue;
            }
            Assert.EndsWith(";1", text);
            var (from, length) = Extent(record);
            files.Add(path + text[..^2], Encoding.Latin1.GetString(image, from, length));
        }
    }

    private static (int Start, int Bytes) Extent(byte[] record)
    {
        var (sector, bytes) = (
            BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(2)),
            BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(10))
        );
        Assert.Equal(sector, BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(6)));
        return (sector * 2048, bytes);
    }
}
