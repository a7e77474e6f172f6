using Pipeline.Agent.Edge;

namespace Pipeline.Services.Tests.Agent.Edge;

public sealed class AgentOptionsTests
{
    private static readonly string[] Needed = ["--data", "/var/lib/agent", "--url", "http://127.0.0.1:7071"];

    [Fact]
    public void What_is_not_said_is_as_most_hosts_have_it()
    {
        var options = Parse();
        Assert.Equal("/var/lib/agent", options.Data);
        Assert.Equal(new Uri("http://127.0.0.1:7071"), options.Url);
        Assert.Equal(Environment.MachineName, options.Name);
        Assert.False(options.Fake);
        Assert.Null(options.Inventory);
        Assert.Null(options.TokenFile);
        Assert.Equal(["compute", "network", "storage"], options.Roles);
        Assert.Equal([new("local", "file", null)], options.Backends);
        Assert.Null(options.StorageAddress);
        Assert.Null(options.BackupFolder);
        Assert.Null(options.Zone);
        Assert.Null(options.Underlay);
        Assert.Null(options.UnderlayNamespace);
        Assert.Empty(options.PhysicalNetworks);
        Assert.Null(options.Tag);
        Assert.Null(options.VendorData);
        Assert.False(options.TokensRequired);
        Assert.False(options.ReportsIoErrors);
    }

    [Fact]
    public void All_that_is_said_is_taken()
    {
        string[] said =
        [
            .. (string[])["--name", "metal-1", "--fake", "--inventory", "8,16384,100", "--token-file", "/run/token"],
            .. (string[])["--roles", "network", "--underlay", "192.0.2.1@fabric", "--tag", "h1"],
            .. (string[])["--physical", "public=br-ex", "--physical", "lab=br-lab"],
            .. (string[])["--volume-backend", "fast=pool:/srv/volumes", "--volume-backend", "far=nbd"],
            .. (string[])
                ["--storage-address", "192.0.2.2", "--availability-zone", "west", "--backup-folder", "/srv/backups/"],
            .. (string[])
                ["--vendor-data", "/etc/vendor.json", "--metadata-tokens", "required", "--volume-errors", "report"],
        ];
        var options = Parse(said);
        Assert.Equal("metal-1", options.Name);
        Assert.True(options.Fake);
        Assert.Equal(new Offer(8, 16384, 100), options.Inventory);
        Assert.Equal("/run/token", options.TokenFile);
        Assert.Equal(["network"], options.Roles);
        Assert.Equal("west", options.Zone);
        Assert.Equal(("192.0.2.1", "fabric"), (options.Underlay, options.UnderlayNamespace));
        Assert.Equal("h1", options.Tag);
        Assert.Equal([new("fast", "pool", "/srv/volumes"), new("far", "nbd", null)], options.Backends);
        Assert.Equal("192.0.2.2", options.StorageAddress);
        Assert.Equal("/srv/backups", options.BackupFolder);
        Assert.Equal(
            ["lab=br-lab", "public=br-ex"],
            options.PhysicalNetworks.Select(p => $"{p.Key}={p.Value}").Order()
        );
        Assert.Equal("/etc/vendor.json", options.VendorData);
        Assert.True(options.TokensRequired);
        Assert.True(options.ReportsIoErrors);
    }

    [Fact]
    public void An_option_said_again_holds_as_it_was_said_last()
    {
        Assert.Equal("b", Parse("--name", "a", "--name", "b").Name);
        Assert.Equal("br1", Parse("--physical", "lab=br0", "--physical", "lab=br1").PhysicalNetworks["lab"]);
        Assert.Equal(["compute"], Parse("--roles", "compute,compute").Roles);
    }

    [Fact]
    public void A_folder_is_taken_from_where_the_agent_is_started() =>
        Assert.Equal(
            Path.Combine(Environment.CurrentDirectory, "agent"),
            AgentOptions.Parse(["--data", "./x/../agent", "--url", "https://cloud.example"]).Data
        );

    [Theory]
    [InlineData("http://localhost:7071")]
    [InlineData("http://[::1]:7071")]
    [InlineData("https://cloud.example/api")]
    public void An_agent_speaks_to_its_own_machine_or_by_TLS(string url) =>
        Assert.Equal(new Uri(url), AgentOptions.Parse(["--data", "/d", "--url", url]).Url);

    [Theory]
    [InlineData("http://cloud.example", "TLS")]
    [InlineData("http://192.0.2.1:7071", "TLS")]
    [InlineData("ftp://127.0.0.1", "not an http or https URL")]
    [InlineData("127.0.0.1:7071", "not an http or https URL")]
    [InlineData("", "not an http or https URL")]
    public void Another_URL_is_refused(string url, string why) =>
        Assert.Contains(why, Refused(["--data", "/d", "--url", url]), StringComparison.Ordinal);

    [Fact]
    public void What_is_needed_is_asked_for()
    {
        Assert.Equal("--url is needed", Refused(["--data", "/d"]));
        Assert.Equal("--data is needed", Refused(["--url", "https://cloud.example"]));
        Assert.Equal("--url is needed", Refused([]));
    }

    [Theory]
    [InlineData("--verbose")]
    [InlineData("--Name")]
    [InlineData("name")]
    [InlineData("--name")] // nothing follows
    [InlineData("--fake=1")]
    public void What_is_not_understood_is_named(string word) =>
        Assert.Equal($"'{word}' is not understood", Refused([.. Needed, word]));

    [Theory]
    [InlineData("--physical")]
    [InlineData("--physical", "lab")]
    [InlineData("--physical", "lab=")]
    [InlineData("--physical", "=br0")]
    [InlineData("--physical", "lab=br0=br1")]
    [InlineData("--physical", "lab=sixteen-letters.")]
    public void A_physical_network_needs_a_name_and_that_of_a_bridge(params string[] words) =>
        Assert.Equal("'--physical' is not understood", Refused([.. Needed, .. words]));

    [Theory]
    [InlineData("8,16384")]
    [InlineData("8,16384,100,1")]
    [InlineData("8,16384,0")]
    [InlineData("-8,16384,100")]
    [InlineData("8,16 GiB,100")]
    [InlineData("99999999999,1,1")]
    [InlineData("")]
    public void An_inventory_is_three_whole_numbers(string text) =>
        Assert.Equal($"--inventory '{text}' is not like 8,16384,100", Refused([.. Needed, "--inventory", text]));

    [Theory]
    [InlineData("metal")]
    [InlineData("compute,")]
    [InlineData("Compute")]
    [InlineData("")]
    public void A_role_is_one_that_hosts_have(string text) =>
        Assert.Equal($"--roles '{text}' is not like compute,network,storage", Refused([.. Needed, "--roles", text]));

    [Theory]
    [InlineData("local", "is not like")]
    [InlineData("=file", "is not like")]
    [InlineData("local=ceph", "is not like")]
    [InlineData("a b=file", "is not like")]
    [InlineData("far=nbd", "needs a --storage-address")]
    public void A_backend_has_a_name_and_a_driver_and_is_reached(string text, string why) =>
        Assert.Contains(why, Refused([.. Needed, "--volume-backend", text]), StringComparison.Ordinal);

    [Fact]
    public void Two_backends_have_two_names() =>
        Assert.Equal(
            "--volume-backend names 'a' twice",
            Refused([.. Needed, "--volume-backend", "a=file", "--volume-backend", "a=pool"])
        );

    [Theory]
    [InlineData("backups")]
    [InlineData("")]
    public void A_backup_folder_is_a_full_path(string text) =>
        Assert.Equal(
            $"--backup-folder '{text}' is not a full path, like /srv/backups",
            Refused([.. Needed, "--backup-folder", text])
        );

    [Theory]
    [InlineData("host-2")]
    [InlineData("192.0.2")]
    public void A_storage_address_is_an_address(string text) =>
        Assert.Equal(
            $"--storage-address '{text}' is not an IP address",
            Refused([.. Needed, "--storage-address", text])
        );

    [Theory]
    [InlineData("fd00::1")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.01")]
    [InlineData("host-1")]
    [InlineData("")]
    public void An_underlay_is_an_IPv4_address(string text) =>
        Assert.Equal($"--underlay '{text}' is not an IPv4 address", Refused([.. Needed, "--underlay", text]));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a@b")]
    public void A_namespace_has_a_plain_name(string space) =>
        Assert.Equal(
            $"'{space}' is not the name of a namespace",
            Refused([.. Needed, "--underlay", $"192.0.2.1@{space}"])
        );

    [Fact]
    public void A_namespaces_name_has_an_end()
    {
        Assert.Equal(64, Parse("--underlay", $"192.0.2.1@{new string('n', 64)}").UnderlayNamespace!.Length);
        Refused([.. Needed, "--underlay", $"192.0.2.1@{new string('n', 65)}"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("seven77")]
    [InlineData("h-1")]
    public void A_tag_is_up_to_six_letters_or_digits(string text) =>
        Assert.Equal($"--tag '{text}' is not one to six letters or digits", Refused([.. Needed, "--tag", text]));

    [Theory]
    [InlineData("optional", false)]
    [InlineData("required", true)]
    public void Guests_need_tokens_where_that_is_said(string text, bool required) =>
        Assert.Equal(required, Parse("--metadata-tokens", text).TokensRequired);

    [Theory]
    [InlineData("yes")]
    [InlineData("Required")]
    [InlineData("")]
    public void Whether_tokens_are_needed_is_one_of_two_words(string text) =>
        Assert.Equal(
            $"--metadata-tokens '{text}' is neither optional nor required",
            Refused([.. Needed, "--metadata-tokens", text])
        );

    [Fact]
    public void What_becomes_of_guests_without_their_volume_is_one_of_two_words()
    {
        Assert.False(Parse("--volume-errors", "stop").ReportsIoErrors);
        Assert.Equal(
            "--volume-errors 'ignore' is neither stop nor report",
            Refused([.. Needed, "--volume-errors", "ignore"])
        );
    }

    [Fact]
    public void Every_option_is_explained()
    {
        string[] options =
        [
            .. (string[])["--data", "--url", "--name", "--token-file", "--inventory", "--roles", "--underlay"],
            .. (string[])["--physical", "--tag", "--vendor-data", "--metadata-tokens", "--volume-errors", "--fake"],
        ];
        Assert.All(options, option => Assert.Contains($"\n  {option}", AgentOptions.Usage, StringComparison.Ordinal));
    }

    private static AgentOptions Parse(params string[] more) => AgentOptions.Parse([.. Needed, .. more]);

    /// <summary>Why a command line is refused.</summary>
    private static string Refused(string[] line)
    {
        var fault = Assert.Throws<Fault>(() => AgentOptions.Parse(line));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        return fault.Message;
    }
}
