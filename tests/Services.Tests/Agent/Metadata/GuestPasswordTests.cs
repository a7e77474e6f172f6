using System.Diagnostics;

namespace Pipeline.Services.Tests.Agent.Metadata;

/// <summary>Passwords told to the real service by real guests.</summary>
public sealed class GuestPasswordTests : IAsyncLifetime
{
    private const string Password = "/openstack/latest/password";
    private MetadataHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await MetadataHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_guest_tells_its_password_once_and_reads_it_again()
    {
        var (guest, _, _) = await _host.NewGuestAsync("web-1");
        Assert.Contains("password", await _host.GetAsync(guest, "/openstack/latest/"));
        Assert.Equal("", await _host.GetAsync(guest, Password));
        Assert.Equal("200", await TellAsync(guest, "c2VjcmV0"));
        Assert.Equal("409", await TellAsync(guest, "another"));
        Assert.Equal("c2VjcmV0", await _host.GetAsync(guest, Password));
        Assert.Equal("c2VjcmV0", await _host.GetAsync(guest, "/openstack/2013-04-04/password"));
        Assert.Contains("404", await _host.GetAsync(guest, "/openstack/2012-08-10/password", "--include"));
        Assert.Contains("405", await _host.GetAsync(guest, Password, "--include", "--request", "DELETE"));
    }

    [Fact]
    public async Task What_is_no_password_is_refused_and_another_may_follow()
    {
        var (guest, _, _) = await _host.NewGuestAsync("web-1");
        Assert.Equal("400", await TellAsync(guest, ""));
        Assert.Equal("400", await TellAsync(guest, new string('x', 256)));
        Assert.Equal("400", await TellAsync(guest, new string('x', 9000)));
        Assert.Equal("200", await TellAsync(guest, new string('x', 255)));
        Assert.Equal(255, (await _host.GetAsync(guest, Password)).Length);
    }

    [Fact]
    public async Task It_is_that_guests_alone_and_outlives_the_service()
    {
        var (red, network, _) = await _host.NewGuestAsync("red");
        var (blue, _, _) = await _host.NewGuestAsync("blue");
        await TellAsync(red, "c2VjcmV0");
        Assert.Equal("", await _host.GetAsync(blue, Password));
        Process.GetProcessById(_host.ServiceId()!.Value).Kill();
        using var documents = _host.NewDocuments();
        await documents.EnsureNetworkAsync(network.Id, $"pl-{network.Id}", Ct);
        Assert.Equal("c2VjcmV0", await _host.GetAsync(red, Password));
        Assert.DoesNotContain("c2VjcmV0", await File.ReadAllTextAsync(_host.Folder.LogFile, Ct));
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        var file = Directory.GetFiles(_host.Folder.Passwords).Single();
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & others);
    }

    [Fact]
    public async Task The_agent_finds_it_until_it_is_confirmed_and_it_goes_with_its_guest()
    {
        var (guest, _, _) = await _host.NewGuestAsync("web-1");
        await TellAsync(guest, "c2VjcmV0");
        using var first = _host.NewDocuments();
        Assert.Equal([(Servers.Id, "c2VjcmV0")], first.ListUntoldPasswords());
        using var second = _host.NewDocuments(); // the next agent
        Assert.Equal([(Servers.Id, "c2VjcmV0")], second.ListUntoldPasswords());
        await second.MarkPasswordToldAsync(Servers.Id, Ct);
        Assert.Empty(first.ListUntoldPasswords());
        Assert.Equal("c2VjcmV0", await _host.GetAsync(guest, Password));
        await second.RemoveAsync(Servers.Id, Ct);
        Assert.Empty(Directory.GetFiles(_host.Folder.Passwords));
        Assert.Equal("404", await TellAsync(guest, "late"));
    }

    private Task<string> TellAsync(string guest, string password) =>
        _host.GetAsync(guest, Password, "--data-raw", password, "--output", "/dev/null", "--write-out", "%{http_code}");
}
