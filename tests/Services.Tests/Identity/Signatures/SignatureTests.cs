using Pipeline.Identity.Signatures;

namespace Pipeline.Services.Tests.Identity.Signatures;

/// <summary>The arithmetic, against what others have computed.</summary>
public sealed class SignatureTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Version_4_is_what_its_inventor_publishes_as_an_example()
    {
        const string scope = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request";
        var request = new SignedRequest(
            "AKIDEXAMPLE",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            "iam.amazonaws.com",
            "GET",
            "/",
            new Dictionary<string, string> { ["Action"] = "ListUsers", ["Version"] = "2010-05-08" },
            Headers(
                ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("host", "iam.amazonaws.com"),
                ("x-amz-date", "20150830T123600Z"),
                ("authorization", $"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=content-type;host;x-amz-date")
            ),
            Signer.NoBody
        );
        Assert.True(SignatureV4.IsOf(request));
        Assert.True(SignatureV4.Holds(request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
        Assert.False(SignatureV4.Holds(request with { BodyHash = "" }, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
        Assert.False(SignatureV4.Holds(request, Secret));
    }

    // What Debian's keystoneclient.contrib.ec2.utils computes for the same requests.
    [Theory]
    [InlineData("0ShV9QnLYMthNMBIPEp2NAv/b2OJN8GWkx62GW+hhdI=")]
    [InlineData("/yzjSfZdYLfQWK5CdRYeNqXNs85+uMJ1f86Tj2pnaxs=")] // over the host without its port
    public void Version_2_is_what_the_stock_client_computes(string signature)
    {
        var parameters = new Dictionary<string, string>
        {
            ["SignatureVersion"] = "2",
            ["SignatureMethod"] = "HmacSHA256",
            ["Timestamp"] = "2026-01-01T00:00:00Z",
            ["Action"] = "Describe Instances",
            ["AWSAccessKeyId"] = "a",
            ["Filter.1"] = "ü/~*+",
        };
        var request = new SignedRequest(
            "a",
            signature,
            "cloud.example:8773",
            "GET",
            "/services/Cloud",
            parameters,
            Headers(),
            ""
        );
        Assert.True(SignatureV2.IsOf(request));
        Assert.True(SignatureV2.Holds(request, Secret));
        Assert.False(SignatureV2.Holds(request with { Path = "/" }, Secret));
    }

    [Fact]
    public void Version_4_is_what_the_stock_client_computes()
    {
        var request = new SignedRequest(
            "a",
            "ce3889a96dd97388bbec02407a80fe814ba0a740f2534d18c53d069a99b8dd35",
            "cloud.example",
            "POST",
            "/v1/stack",
            new Dictionary<string, string> { ["b"] = "2 x", ["a"] = "1/ü" },
            Headers(
                ("Host", "cloud.example"),
                ("X-Amz-Date", "20260101T000000Z"),
                ("Content-Type", "application/json"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=a/20260101/RegionOne/cloudformation/aws4_request, "
                        + "SignedHeaders=content-type;host;x-amz-date, Signature=x"
                )
            ),
            Signer.NoBody
        );
        Assert.True(SignatureV4.Holds(request, Secret));
        Assert.False(SignatureV4.Holds(request with { Access = "b" }, Secret));
        Assert.False(SignatureV4.Holds(request with { Verb = "GET" }, Secret));
    }

    private static Dictionary<string, string> Headers(params (string Name, string Value)[] headers) =>
        headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
}
