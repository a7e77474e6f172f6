using System.Text;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.ControlPlane;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Drivers;
using Pipeline.Testing.Edge;

namespace Pipeline.Services.Tests.Agent.BlockStorage;

/// <summary>What every place that keeps parts of backups does alike, and what a folder of files does besides.</summary>
public sealed class BackupFolderTests : IDisposable
{
    private static readonly string Sum = new('a', 64);
    private readonly string root = Directory.CreateTempSubdirectory("pipeline-folder-").FullName;
    private readonly Randomness randomness = Randomness.Seeded(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(root, "kept");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("files")]
    [InlineData("fake")]
    [InlineData("store")]
    public async Task A_part_is_kept_once_under_its_name_and_comes_back(string kind)
    {
        var (one, other) = (NewId(), NewId());
        var parts = await MakeAsync(kind, one, other);
        await parts.SendBackupPartAsync(one, Sum, Bytes("block"), Ct);
        await parts.SendBackupPartAsync(one, Sum, Bytes("block"), Ct);
        await parts.SendBackupPartAsync(one, BackupManifest.Part, Bytes("list"), Ct);
        await parts.SendBackupPartAsync(other, Sum, Bytes("another"), Ct);
        Assert.Equal(
            "block list another",
            $"{await TextAsync(parts, one, Sum)} {await TextAsync(parts, one, "manifest")} {await TextAsync(parts, other, Sum)}"
        );
    }

    [Theory]
    [InlineData("files")]
    [InlineData("fake")]
    public async Task What_begins_anew_or_goes_is_empty_and_others_stay(string kind)
    {
        var (one, other) = (NewId(), NewId());
        var folder = (IBackupFolder)await MakeAsync(kind, one, other);
        foreach (var id in (BackupId[])[one, other])
            await folder.SendBackupPartAsync(id, Sum, Bytes("block"), Ct);
        await folder.BeginAsync(one, Ct);
        await RefusesAsync(FaultCode.NotFound, () => folder.FetchBackupPartAsync(one, one, Sum, Ct));
        for (var again = 0; again < 2; again++)
            await folder.RemoveAsync(one, Ct);
        Assert.Equal([other], (await folder.ListAsync(Ct)).Select(kept => kept.Id));
        Assert.Equal("block", await TextAsync(folder, other, Sum));
    }

    [Theory]
    [InlineData("files")]
    [InlineData("fake")]
    public async Task No_name_leads_out_of_it(string kind)
    {
        var id = NewId();
        var folder = await MakeAsync(kind, id);
        foreach (
            var name in (string[])["../pipeline-backups", "..", "", "/etc/passwd", Sum[1..], Sum.ToUpperInvariant()]
        )
            await RefusesAsync(FaultCode.BadRequest, () => folder.SendBackupPartAsync(id, name, Bytes("x"), Ct));
    }

    [Fact]
    public async Task Only_its_owner_reads_it_and_nothing_half_written_bears_a_name()
    {
        var id = NewId();
        var folder = await OpenAsync();
        await folder.BeginAsync(id, Ct);
        await folder.SendBackupPartAsync(id, Sum, Bytes("block"), Ct);
        var path = Path.Combine(Place, $"{id}");
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(file | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(file, File.GetUnixFileMode(Path.Combine(path, Sum)));
        Assert.Equal([Path.Combine(path, Sum)], Directory.GetFiles(path));
    }

    [Fact]
    public async Task Two_hosts_that_have_it_call_it_the_same_and_share_what_is_there()
    {
        var id = NewId();
        var both = await Task.WhenAll(OpenAsync("one"), OpenAsync("other"));
        Assert.Equal(both[0].Id, both[1].Id);
        await both[0].BeginAsync(id, Ct);
        await both[0].SendBackupPartAsync(id, Sum, Bytes("block"), Ct);
        Assert.Equal("block", await TextAsync(both[1], id, Sum));
        Assert.Equal(both[0].Id, (await OpenAsync("one")).Id);
        Assert.Equal([BackupFolder.Marker], Directory.GetFiles(Place).Select(Path.GetFileName));
    }

    [Fact]
    public async Task One_that_is_not_mounted_is_not_taken_for_an_empty_one()
    {
        var id = NewId();
        var folder = await OpenAsync();
        await folder.BeginAsync(id, Ct);
        var away = Path.Combine(root, "away");
        Directory.Move(Place, away);
        Directory.CreateDirectory(Place);
        await RefusesAsync(FaultCode.Unavailable, () => folder.BeginAsync(id, Ct));
        await RefusesAsync(FaultCode.Unavailable, () => folder.RemoveAsync(id, Ct));
        await RefusesAsync(FaultCode.Unavailable, () => folder.ListAsync(Ct));
        await RefusesAsync(FaultCode.DriverFailed, () => folder.SendBackupPartAsync(id, Sum, Bytes("x"), Ct));
        await RefusesAsync(FaultCode.Unavailable, () => OpenAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Place));
        Directory.Delete(Place);
        await RefusesAsync(FaultCode.Unavailable, () => OpenAsync());
        Directory.Move(away, Place);
        Assert.Equal(folder.Id, (await OpenAsync()).Id);
    }

    [Fact]
    public async Task That_of_another_cloud_is_refused()
    {
        await OpenAsync();
        await RefusesAsync(FaultCode.Unavailable, () => OpenAsync("other", "another-cloud"));
    }

    private BackupId NewId() => new(randomness.NewGuid());

    private async Task<IBackupParts> MakeAsync(string kind, params BackupId[] begun)
    {
        if (kind == "store")
            return new MemoryParts();
        IBackupFolder folder =
            kind == "files"
                ? await OpenAsync()
                : new FakeBackupFolder(new FakeHost(), new(new(randomness.NewGuid()), MachineTime.Clock));
        foreach (var id in begun)
            await folder.BeginAsync(id, Ct);
        return folder;
    }

    private Task<BackupFolder> OpenAsync(string host = "host", string cloud = "cloud")
    {
        if (!File.Exists(Path.Combine(root, host)))
            Directory.CreateDirectory(Place);
        return BackupFolder.OpenAsync(Place, cloud, Path.Combine(root, host), new(randomness.NewGuid()), Ct);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<string> TextAsync(IBackupParts parts, BackupId id, string part) =>
        Encoding.UTF8.GetString(await parts.FetchBackupPartAsync(id, id, part, Ct));

    private static async Task RefusesAsync(FaultCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<Fault>(call)).Code);
}
