using System.Text;
using Pipeline.Agent.Metadata;

namespace Pipeline.Services.Tests.Agent.Metadata;

public sealed class MetadataTreeTests
{
    private static readonly SortedDictionary<string, byte[]> Documents = MetadataDocuments.Of(
        Servers.Metadata(userData: [65])
    );

    [Theory]
    [InlineData(
        "/openstack/latest",
        "meta_data.json\nnetwork_data.json\npassword\nuser_data\nvendor_data.json\nvendor_data2.json"
    )]
    [InlineData("/openstack/2012-08-10/", "meta_data.json\nuser_data")]
    [InlineData("/openstack/2013-04-04", "meta_data.json\npassword\nuser_data")]
    [InlineData("/latest/", "meta-data/\nuser-data")]
    [InlineData("/latest//meta-data/placement", "availability-zone")]
    [InlineData("/2009-04-04/meta-data/block-device-mapping/", "ami\nroot")]
    [InlineData("/latest/meta-data/public-keys/", "0=mine")]
    [InlineData("/latest/meta-data/public-keys/0", "openssh-key")]
    [InlineData("/1.0/user-data", "A")]
    [InlineData("/openstack/2018-08-27/user_data", "A")]
    public void A_path_has_an_answer(string path, string answer) =>
        Assert.Equal(answer, Encoding.UTF8.GetString(MetadataTree.Find(Documents, path)!));

    [Theory]
    [InlineData("/")]
    [InlineData("/openstack")]
    public void The_roots_list_their_versions(string path) =>
        Assert.EndsWith("\nlatest", Encoding.UTF8.GetString(MetadataTree.Find(Documents, path)!));

    [Theory]
    [InlineData("/openstack/latest/password", true)]
    [InlineData("/openstack/2013-04-04/password", true)]
    [InlineData("/openstack/2012-08-10/password", false)]
    [InlineData("/openstack/latest/password/x", false)]
    [InlineData("/latest/password", false)]
    public void A_password_is_told_in_versions_that_have_a_place_for_it(string path, bool has) =>
        Assert.Equal(has, MetadataTree.IsPassword(path));

    [Theory]
    [InlineData("/openstack/latest/nothing")]
    [InlineData("/openstack/1999-01-01/meta_data.json")]
    [InlineData("/openstack/2013-04-04/vendor_data.json")]
    [InlineData("/openstack/latest/meta_data.json/x")]
    [InlineData("/latest/meta-data/nothing")]
    [InlineData("/latest/meta-data/host")]
    [InlineData("/../../etc/passwd")]
    [InlineData("/openstack/latest/../../../etc/passwd")]
    [InlineData("/latest/meta-data/%2e%2e/user-data")]
    public void What_is_not_there_has_none(string path) => Assert.Null(MetadataTree.Find(Documents, path));
}
