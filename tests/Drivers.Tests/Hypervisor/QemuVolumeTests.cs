using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Hypervisor.Qemu;

namespace Pipeline.Drivers.Tests.Hypervisor;

/// <summary>What QEMU is told of volumes.</summary>
public sealed class QemuVolumeTests
{
    private static readonly AttachmentId Attachment = new(Guid.Parse("6f6d6a52-0f6b-4a8e-b2c1-0c1d2e3f4a5b"));
    private static readonly VolumeId Volume = new(Guid.Parse("0b8fd1c8-28a2-4d7c-9f2a-3c0de1f8a001"));

    [Fact]
    public void A_file_is_opened_in_its_format() =>
        Assert.Equal(
            """{"driver":"file","filename":"/v/1"}""",
            Way("file", ("path", "/v/1"), ("format", "qcow2"))["file"]!.ToJsonString()
        );

    [Fact]
    public void Nbd_waits_for_a_server_that_is_away() =>
        Assert.Equal(
            """{"driver":"nbd","server":{"type":"inet","host":"192.0.2.1","port":"10810"},"export":"e","reconnect-delay":5}""",
            Way("nbd", ("host", "192.0.2.1"), ("port", "10810"), ("export", "e"))["file"]!.ToJsonString()
        );

    [Fact]
    public void An_iscsi_password_is_named_and_not_told()
    {
        var way = Connection("iscsi", ("host", "2001:db8::1"), ("port", "3260"), ("target", "iqn.x:1"), ("lun", "1"));
        way = way with { Properties = new Dictionary<string, string>(way.Properties) { ["user"] = "u" } };
        var volume = QemuVolume.Of(Of(way), "/run/secret", TimeSpan.FromSeconds(5));
        Assert.Equal(
            $$"""{"driver":"iscsi","transport":"tcp","portal":"[2001:db8::1]:3260","target":"iqn.x:1","lun":1,"user":"u","password-secret":"password-{{Attachment}}"}""",
            volume.Node["file"]!.ToJsonString()
        );
        Assert.Equal(
            $$"""{"qom-type":"secret","id":"password-{{Attachment}}","file":"/run/secret"}""",
            Assert.Single(volume.Objects).ToJsonString()
        );
        Assert.Equal(("2001:db8::1", 3260), volume.Server);
    }

    [Fact]
    public void A_shared_folders_file_is_named_by_both() =>
        Assert.Equal(
            """{"driver":"nfs","server":{"type":"inet","host":"192.0.2.1"},"path":"/vols/a/b"}""",
            Way("nfs", ("server", "192.0.2.1"), ("share", "/vols/"), ("path", "a/b"))["file"]!.ToJsonString()
        );

    [Fact]
    public void Limits_are_a_layer_of_their_own()
    {
        var limits = new Dictionary<string, long>
        {
            ["total_iops_sec"] = 100,
            ["read_bytes_sec"] = 1,
            ["read_bytes_sec_max"] = 2,
            ["size_iops_sec"] = 3,
        };
        var way = Connection("file", ("path", "/v/1"));
        var volume = QemuVolume.Of(Of(way) with { Limits = limits, IsReadOnly = true }, null, default);
        Assert.Equal(
            """{"bps-read":1,"bps-read-max":2,"iops-size":3,"iops-total":100}""",
            Assert.Single(volume.Objects)["limits"]!.ToJsonString()
        );
        Assert.Equal(
            $$$"""{"driver":"throttle","read-only":true,"discard":"unmap","file":{"driver":"raw","read-only":true,"discard":"unmap","file":{"driver":"file","filename":"/v/1"}},"throttle-group":"limits-{{{Attachment}}}","node-name":"volume-6f6d6a520f6b4a8eb2c10c1d"}""",
            volume.Node.ToJsonString()
        );
    }

    [Fact]
    public void The_disk_has_the_volumes_id_for_a_number_and_stops_its_guest_when_it_fails()
    {
        var volume = QemuVolume.Of(Of(Connection("file", ("path", "/v/1"))) with { BootIndex = 0 }, null, default);
        Assert.Equal(
            $$"""{"driver":"virtio-blk-pci","id":"volume-{{Attachment}}","drive":"volume-6f6d6a520f6b4a8eb2c10c1d","serial":"0b8fd1c8-28a2-4d7c-9","werror":"stop","rerror":"stop","bootindex":1}""",
            volume.Device.ToJsonString()
        );
    }

    [Fact]
    public void What_cannot_be_told_is_refused()
    {
        VolumeConnection[] bad =
        [
            Connection("fake"),
            Connection("file", ("path", "relative")),
            Connection("file", ("path", "/v/1"), ("format", "vmdk")),
            Connection("nbd", ("host", "192.0.2.1"), ("export", "e")),
            Connection("nbd", ("host", "192.0.2.1"), ("port", "70000"), ("export", "e")),
            Connection("iscsi", ("host", "192.0.2.1"), ("port", "1"), ("target", "t"), ("lun", "first")),
        ];
        foreach (var way in bad)
            Assert.Equal(FaultCode.BadRequest, Assert.Throws<Fault>(() => QemuVolume.Of(Of(way), null, default)).Code);
    }

    [Fact]
    public void A_guest_has_as_many_volumes_as_its_bus_has_slots()
    {
        var others = Enumerable.Range(0, 24).Select(_ => Of(Connection("fake")) with { Device = "/dev/vdz" }).ToList();
        var volume = Of(Connection("fake"));
        Assert.Equal("/dev/vdb", GuestDisks.NameOf(volume, true, false, 1, others));
        foreach (var (config, nics) in ((bool, int)[])[(true, 1), (false, 2)])
            Assert.Equal(
                FaultCode.Conflict,
                Assert.Throws<Fault>(() => GuestDisks.NameOf(volume, true, config, nics, others)).Code
            );
    }

    private static System.Text.Json.Nodes.JsonObject Way(string protocol, params (string, string)[] properties) =>
        QemuVolume.Of(Of(Connection(protocol, properties)), null, TimeSpan.FromSeconds(5)).Node;

    private static VolumeConnection Connection(string protocol, params (string Name, string Value)[] properties) =>
        new(protocol, properties.ToDictionary(property => property.Name, property => property.Value));

    private static GuestVolume Of(VolumeConnection way) =>
        new(Attachment, Volume, way, IsReadOnly: false, Device: null);
}
