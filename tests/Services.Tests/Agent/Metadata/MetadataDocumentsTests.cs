using System.Text;
using System.Text.Json;
using Pipeline.Agent.Metadata;

namespace Pipeline.Services.Tests.Agent.Metadata;

public sealed class MetadataDocumentsTests
{
    [Fact]
    public void The_metadata_has_Novas_shape() =>
        Assert.Equal(
            """
            {"uuid":"0f0f0f0f-1111-2222-3333-444444444444","name":"Web-1","hostname":"web-1","project_id":"aaaaaaaabbbbccccddddeeeeeeeeeeee","availability_zone":"nova","launch_index":0,"meta":{"role":"front \"end\""},"public_keys":{"mine":"ssh-ed25519 AA+/ me@home"},"keys":[{"name":"mine","type":"ssh","data":"ssh-ed25519 AA+/ me@home"}],"devices":[],"random_seed":"AQID","admin_pass":"s3cret"}
            """,
            Text("openstack/latest/meta_data.json")
        );

    [Fact]
    public void A_network_with_DHCP_says_so() =>
        Assert.Equal(
            """
            {"links":[{"id":"tap22222222-33","vif_id":"22222222-3333-0000-0000-000000000000","type":"bridge","mtu":1450,"ethernet_mac_address":"fa:16:3e:00:00:0b"}],"networks":[{"id":"network0","type":"ipv4_dhcp","link":"tap22222222-33","network_id":"11111111-0000-0000-0000-000000000000"}],"services":[{"type":"dns","address":"192.0.2.53"}]}
            """,
            Text("openstack/latest/network_data.json")
        );

    [Fact]
    public void A_network_without_DHCP_says_all_that_an_interface_needs() =>
        Assert.EndsWith(
            """
            "networks":[{"id":"network0","type":"ipv4","link":"tap22222222-33","network_id":"11111111-0000-0000-0000-000000000000","ip_address":"10.0.0.11","netmask":"255.255.255.0","routes":[{"network":"0.0.0.0","netmask":"0.0.0.0","gateway":"10.0.0.1"},{"network":"198.51.100.0","netmask":"255.255.255.0","gateway":"10.0.0.9"}],"services":[{"type":"dns","address":"192.0.2.53"}]}],"services":[{"type":"dns","address":"192.0.2.53"}]}
            """,
            Text("openstack/latest/network_data.json", Servers.Metadata(dhcp: false))
        );

    [Theory]
    [InlineData("slaac", "ipv6_slaac")]
    [InlineData("dhcpv6-stateful", "ipv6_dhcpv6-stateful")]
    [InlineData("dhcpv6-stateless", "ipv6_dhcpv6-stateless")]
    [InlineData(null, "ipv6")]
    public void An_address_of_IPv6_is_told_with_the_way_to_it(string? mode, string type)
    {
        var nic = Servers.Metadata(dhcp: false).Nics[0];
        var subnet = nic.Addresses[0].Subnet with
        {
            Cidr = "fd00::/64",
            Gateway = "fd00::1",
            DhcpAddress = mode is null ? null : "fd00::2",
            DnsServers = ["2001:db8::53"],
            Routes = [new("2001:db8::/32", "fd00::9")],
            Ipv6AddressMode = mode,
        };
        nic = nic with { Addresses = [.. nic.Addresses, new("fd00::b", subnet)] };
        var everywhere = """{"network":"::","netmask":"::","gateway":"fd00::1"}""";
        var further = """{"network":"2001:db8::","netmask":"ffff:ffff::","gateway":"fd00::9"}""";
        var told = MetadataDocuments.Of(Servers.Metadata() with { Nics = [nic] });
        const string path = "openstack/latest/network_data.json";
        Assert.Contains(
            $$"""
            {"id":"network1","type":"{{type}}","link":"tap22222222-33","network_id":"11111111-0000-0000-0000-000000000000","ip_address":"fd00::b","netmask":"ffff:ffff:ffff:ffff::","routes":[{{everywhere}},{{further}}],"services":[{"type":"dns","address":"2001:db8::53"}]}
            """,
            Encoding.UTF8.GetString(told[path])
        );
        Assert.Equal(told[path], ConfigDrive.Files(told)[path]);
    }

    [Fact]
    public void A_subnet_of_IPv6_whose_way_nobody_said_is_leased()
    {
        var nic = Servers.Metadata().Nics[0];
        var subnet = nic.Addresses[0].Subnet with { Cidr = "fd00::/64", DhcpAddress = "fd00::2" };
        nic = nic with { Addresses = [new("fd00::b", subnet)] };
        var told = MetadataDocuments.Of(Servers.Metadata() with { Nics = [nic] });
        Assert.Contains("\"type\":\"ipv6_dhcp\"", Encoding.UTF8.GetString(told["openstack/latest/network_data.json"]));
    }

    [Fact]
    public void A_port_by_a_tag_is_a_VLAN_of_its_parents_link()
    {
        var nic = Servers.Metadata().Nics[0];
        var subport = nic with
        {
            Port = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001")),
            Mac = "fa:16:3e:00:00:99",
            Tag = new(nic.Port, 101),
        };
        var told = MetadataDocuments.Of(Servers.Metadata() with { Nics = [nic, subport] });
        var links = JsonElement.Parse(told["openstack/latest/network_data.json"]).GetProperty("links");
        Assert.False(links[0].TryGetProperty("vlan_id", out _));
        Assert.Equal("vlan", links[1].GetProperty("type").GetString());
        Assert.Equal(101, links[1].GetProperty("vlan_id").GetInt32());
        Assert.Equal(links[0].GetProperty("id").GetString(), links[1].GetProperty("vlan_link").GetString());
        Assert.Equal("fa:16:3e:00:00:99", links[1].GetProperty("vlan_mac_address").GetString());
    }

    [Fact]
    public void User_data_is_given_byte_for_byte_and_only_when_there_is_some()
    {
        byte[] userData = [0, 255, 10];
        var with = MetadataDocuments.Of(Servers.Metadata(userData: userData));
        Assert.Equal(userData, with["openstack/latest/user_data"]);
        Assert.Equal(userData, with["latest/user-data"]);
        Assert.DoesNotContain("openstack/latest/user_data", MetadataDocuments.Of(Servers.Metadata()).Keys);
    }

    [Fact]
    public void Vendor_data_is_the_operators_and_nothing_without()
    {
        Assert.Equal("{}", Text("openstack/latest/vendor_data.json"));
        Assert.Equal("{}", Text("openstack/latest/vendor_data2.json"));
        var told = Servers.Metadata() with { VendorData = """{"ntp": ["192.0.2.1"]}"""u8.ToArray() };
        Assert.Equal("""{"ntp": ["192.0.2.1"]}""", Text("openstack/latest/vendor_data.json", told));
        Assert.Equal("""{"static":{"ntp": ["192.0.2.1"]}}""", Text("openstack/latest/vendor_data2.json", told));
    }

    [Theory]
    [InlineData("""{"a": 1}""", true)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    public void Vendor_data_is_one_JSON_object(string text, bool taken)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Equal(taken, Record.Exception(() => VendorData.Read(file)) is not Fault);
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Throws<Fault>(() => VendorData.Read(file));
    }

    [Fact]
    public void The_EC2_tree_has_a_value_a_file()
    {
        Assert.Equal("i-0f0f0f0f", Text("latest/meta-data/instance-id"));
        Assert.Equal("web-1", Text("latest/meta-data/local-hostname"));
        Assert.Equal("10.0.0.11", Text("latest/meta-data/local-ipv4"));
        Assert.Equal("nova", Text("latest/meta-data/placement/availability-zone"));
        Assert.Equal("ssh-ed25519 AA+/ me@home", Text("latest/meta-data/public-keys/0/openssh-key"));
    }

    [Fact]
    public void The_config_drive_holds_every_version_with_what_it_knew()
    {
        var files = ConfigDrive.Files(MetadataDocuments.Of(Servers.Metadata(userData: [1])));
        Assert.Equal(["meta_data.json", "user_data"], Names("2012-08-10"));
        Assert.Equal(["meta_data.json", "user_data", "vendor_data.json"], Names("2013-10-17"));
        Assert.Equal(Names("latest"), Names("2020-10-14"));
        Assert.Equal(5, Names("latest").Count());
        Assert.All(files.Keys, path => Assert.StartsWith("openstack/", path));

        IEnumerable<string> Names(string version) =>
            files.Keys.Where(path => path.Split('/')[1] == version).Select(path => path.Split('/')[2]);
    }

    private static string Text(string path, ServerMetadata? server = null) =>
        Encoding.UTF8.GetString(MetadataDocuments.Of(server ?? Servers.Metadata())[path]);
}
