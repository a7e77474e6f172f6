using Pipeline.Contracts;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class StorageConnectionTests
{
    private const string Key = "c2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("usedevelopmentstorage=true;")]
    public void The_development_account_is_the_emulators(string text)
    {
        var connection = StorageConnection.Parse(text);
        Assert.Equal("devstoreaccount1", connection.AccountName);
        Assert.Equal("http://127.0.0.1:10000/devstoreaccount1", connection.BlobEndpoint.AbsoluteUri);
        Assert.Equal("http://127.0.0.1:10001/devstoreaccount1", connection.QueueEndpoint.AbsoluteUri);
    }

    [Theory]
    [InlineData("", "https://acme.{0}.core.windows.net/")]
    [InlineData("DefaultEndpointsProtocol=http", "http://acme.{0}.core.windows.net/")]
    [InlineData("DefaultEndpointsProtocol=https;EndpointSuffix=core.example.org", "https://acme.{0}.core.example.org/")]
    public void Endpoints_follow_from_the_accounts_name(string settings, string expected)
    {
        var connection = StorageConnection.Parse($"AccountName=acme;AccountKey={Key};{settings}");
        Assert.Equal(string.Format(expected, "blob"), connection.BlobEndpoint.AbsoluteUri);
        Assert.Equal(string.Format(expected, "queue"), connection.QueueEndpoint.AbsoluteUri);
    }

    [Fact]
    public void Explicit_endpoints_win()
    {
        var connection = StorageConnection.Parse(
            $"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={Key};QueueEndpoint=http://queues.example.org:99/acme/"
        );
        Assert.Equal("http://queues.example.org:99/acme", connection.QueueEndpoint.AbsoluteUri);
        Assert.Equal("https://acme.blob.core.windows.net/", connection.BlobEndpoint.AbsoluteUri);
    }

    [Theory]
    [InlineData("", "AccountName")]
    [InlineData("AccountKey=c2VjcmV0LXNlY3JldA==", "AccountName")]
    [InlineData("AccountName=acme", "AccountKey")]
    [InlineData("AccountName=acme;AccountKey=", "AccountKey")]
    [InlineData("AccountName=acme;AccountKey=secret-secret!", "AccountKey")]
    [InlineData("AccountName=acme;AccountKey=c2VjcmV0LXNlY3JldA==;BlobEndpoint=ftp://x", "BlobEndpoint")]
    [InlineData("AccountName=acme;AccountName=b;AccountKey=c2VjcmV0LXNlY3JldA==", "name=value")]
    [InlineData("c2VjcmV0LXNlY3JldA", "name=value")]
    public void A_faulty_string_is_refused_with_the_settings_name_and_without_its_value(string text, string named)
    {
        var fault = Assert.Throws<Fault>(() => StorageConnection.Parse(text));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        Assert.Contains(named, fault.Message);
        Assert.DoesNotContain("secret", fault.ToString());
        Assert.DoesNotContain("c2Vjcm", fault.ToString());
    }

    [Fact]
    public void A_connection_prints_no_key()
    {
        var connection = StorageConnection.Parse($"AccountName=acme;AccountKey={Key}");
        Assert.Contains("acme", $"{connection}");
        Assert.DoesNotContain("c2Vjcm", $"{connection} {connection.Key} {connection.Access}");
    }
}
