using System.Security.Cryptography;
using System.Text;
using Pipeline.BlockStorage.Backups;
using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Backups;

/// <summary>A record that is imported shows the backup as it was.</summary>
public sealed class BackupRecordTests
{
    private static readonly byte[] Blocks = Encoding.UTF8.GetBytes("[]");

    [Fact]
    public void It_is_in_the_zone_in_which_it_was_made_or_in_that_of_what_it_stands_on() =>
        ComputeWorld.Run(async world =>
        {
            var (root, child, old) = (Id(1), Id(2), Id(3));
            (BackupRecord Record, string Zone)[] cases =
            [
                (RecordOf(root) with { Zone = "east" }, "east"),
                (RecordOf(child) with { Parent = root, Root = root }, "east"),
                (RecordOf(old), "nova"), // a text of before zones
            ];
            foreach (var (record, zone) in cases)
            {
                var name = BackupBlobs.NameOf(record.Id, BackupBlobs.Manifest);
                var (blobs, ct) = (world.Get<BackupBlobs>().Blobs, TestContext.Current.CancellationToken);
                await blobs.PutAsync(name, new MemoryStream(Blocks), ct: ct);
                Assert.Equal(201, (await ImportAsync(world, record)).Status);
                var shown = await world.VolumeAsync("GET", $"/backups/{record.Id}", null, VolumeCalls.Admin);
                Assert.Equal(zone, shown.Text("backup", "availability_zone"));
                var exported = await world.VolumeAsync(
                    "GET",
                    $"/backups/{record.Id}/export_record",
                    null,
                    VolumeCalls.Admin
                );
                Assert.Equal(zone, BackupRecord.Parse(exported.Text("backup-record", "backup_url")).Zone);
            }
        });

    [Fact]
    public void A_zone_without_a_name_is_no_record() =>
        ComputeWorld.Run(async world =>
            Assert.Equal(400, (await ImportAsync(world, RecordOf(Id(1)) with { Zone = "" })).Status)
        );

    private static Task<Reply> ImportAsync(ComputeWorld world, BackupRecord record)
    {
        var body = $$$"""
            {"backup-record":{"backup_service":"{{{record.Service}}}","backup_url":"{{{record.ToText()}}}"}}
            """;
        return world.VolumeAsync("POST", "/backups/import_record", body, VolumeCalls.Admin);
    }

    private static BackupRecord RecordOf(BackupId id) =>
        new(
            id,
            new(Id(9).Value),
            1,
            "b",
            null,
            Backup.UsualContainer,
            null,
            id,
            Convert.ToHexStringLower(SHA256.HashData(Blocks)),
            0,
            0,
            DateTimeOffset.UnixEpoch
        );

    private static BackupId Id(int n) => new(new(n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}
