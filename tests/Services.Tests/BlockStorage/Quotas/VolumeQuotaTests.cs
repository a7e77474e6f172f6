using Pipeline.BlockStorage.Quotas;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Runtime;
using Pipeline.Runtime.Http;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Quotas;

public sealed class VolumeQuotaTests
{
    private static readonly ProjectId Mine = new(ComputeWorld.Mine);

    [Fact]
    public void What_is_claimed_is_counted_and_given_back() =>
        ComputeWorld.Run(async world =>
        {
            await ClaimAsync(world, (VolumeQuota.Volumes, 1), (VolumeQuota.Gigabytes, 5));
            Assert.Equal((1, 5), (await UsedAsync(world, "volumes"), await UsedAsync(world, "gigabytes")));
            await world.Db.WriteAsync(tx =>
                tx.ReleaseUsageAsync(Mine, (VolumeQuota.Volumes, 1), (VolumeQuota.Gigabytes, 5))
            );
            Assert.Equal((0, 0), (await UsedAsync(world, "volumes"), await UsedAsync(world, "gigabytes")));
        });

    [Theory]
    [InlineData(
        "volumes",
        11,
        "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'."
    )]
    [InlineData(
        "snapshots",
        11,
        "SnapshotLimitExceeded: Maximum number of snapshots allowed (10) exceeded for quota 'snapshots'."
    )]
    [InlineData("backups", 11, "BackupLimitExceeded: Maximum number of backups allowed (10)")]
    [InlineData(
        "gigabytes",
        1001,
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. "
            + "Requested 1001G, quota is 1000G and 0G has been consumed."
    )]
    [InlineData(
        "backup_gigabytes",
        1001,
        "VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed backup gigabytes quota. "
            + "Requested 1001G, quota is 1000G and 0G has been consumed."
    )]
    public void Too_much_is_refused_in_words_and_nothing_is_counted(string resource, long amount, string words) =>
        ComputeWorld.Run(async world =>
        {
            var refused = await Assert.ThrowsAsync<Fault>(() => ClaimAsync(world, (resource, amount)));
            Assert.Equal((FaultCode.QuotaExceeded, words), (refused.Code, refused.Message));
            Assert.Equal(413, Faults.StatusOf(refused.Code, Api.Volume));
            Assert.Equal(0, await UsedAsync(world, resource));
        });

    [Fact]
    public void Gigabytes_are_refused_before_volumes() =>
        ComputeWorld.Run(async world =>
        {
            await ClaimAsync(world, (VolumeQuota.Gigabytes, 999));
            var refused = await Assert.ThrowsAsync<Fault>(() =>
                ClaimAsync(world, (VolumeQuota.Volumes, 11), (VolumeQuota.Gigabytes, 2))
            );
            Assert.EndsWith("Requested 2G, quota is 1000G and 999G has been consumed.", refused.Message);
            Assert.Equal((0, 999), (await UsedAsync(world, "volumes"), await UsedAsync(world, "gigabytes")));
        });

    [Fact]
    public void One_volume_may_be_as_large_as_its_projects_limit_says() =>
        ComputeWorld.Run(async world =>
        {
            Task CheckAsync(long gib) =>
                world.Db.ReadAsync(async tx =>
                {
                    await VolumeQuota.CheckVolumeSizeAsync(tx, Mine, gib);
                    return true;
                });
            await CheckAsync(100_000);
            var path = $"/os-quota-sets/{ComputeWorld.Mine}";
            await world.VolumeAsync("PUT", path, """{"quota_set":{"per_volume_gigabytes":2}}""", VolumeCalls.Admin);
            await CheckAsync(2);
            var refused = await Assert.ThrowsAsync<Fault>(() => CheckAsync(3));
            Assert.Equal(
                "VolumeSizeExceedsLimit: Requested volume size 3G is larger than maximum allowed limit 2G.",
                refused.Message
            );
        });

    private static Task ClaimAsync(ComputeWorld world, params (string, long)[] wanted) =>
        world.Db.WriteAsync(tx => VolumeQuota.ClaimAsync(tx, Mine, wanted));

    private static Task<long> UsedAsync(ComputeWorld world, string resource) => world.UsedAsync(resource);
}
