using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Attachments;
using Pipeline.BlockStorage.QosSpecs;
using Pipeline.Contracts;
using Pipeline.Contracts.BlockStorage;
using Pipeline.Contracts.Drivers;
using Pipeline.Data;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage.Attachments;

/// <summary>What compute claims of volumes, and the steps that it takes with them.</summary>
public sealed class VolumeClaimTests
{
    private static readonly VolumeConnection Way = new("fake", new Dictionary<string, string> { ["export"] = "x" });

    [Theory]
    [InlineData("", "available")]
    [InlineData("reserved", "reserved")]
    [InlineData("attaching", "attaching")]
    [InlineData("attached", "in-use")]
    [InlineData("detaching", "detaching")]
    [InlineData("detaching reserved attaching attached", "in-use")]
    [InlineData("reserved attaching", "attaching")]
    public void A_volume_shows_what_its_attachments_say(string statuses, string shown) =>
        Assert.Equal(shown, AttachStatus.ShownBy(statuses.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void A_volume_goes_from_reserved_to_in_use_and_back() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var guest = await world.AddGuestHostAsync();
            var volume = await world.MakeVolumeAsync();
            var claim = await ClaimAsync(world, volume);
            Assert.Equal("reserved", await StatusAsync(world, volume));
            await ReserveAsync(world, claim); // the same claim is one
            var order = await ConnectAsync(world, claim.Id, guest);
            Assert.Equal(("192.0.2.9", "metal-2"), (order.Connector.Address, order.Connector.Name));
            Assert.Equal("attaching", await StatusAsync(world, volume));
            Assert.Equal(order.Secret, (await ConnectAsync(world, claim.Id, guest)).Secret); // asked again it is the same
            await StepAsync(world, tx => new MarkAttachedHandler().RunAsync(tx, new(claim.Id, "/dev/vdb", Way)));
            var shown = await world.VolumeAsync("GET", $"/volumes/{volume}");
            var attachment = Assert.Single(
                shown.Json.GetProperty("volume").GetProperty("attachments").EnumerateArray()
            );
            Assert.Equal(
                $"in-use {claim.Server} /dev/vdb ",
                $"{shown.Text("volume", "status")} {attachment.GetProperty("server_id")} {attachment.GetProperty("device")} {attachment.GetProperty("host_name")}"
            );
            await world.Db.WriteAsync(tx => Claims(world).BeginDetachAsync(tx, claim.Id));
            Assert.Equal("detaching", await StatusAsync(world, volume));
            for (var i = 0; i < 2; i++)
                await StepAsync(world, tx => new EndAttachmentHandler().RunAsync(tx, new(claim.Id)));
            Assert.Equal("available", await StatusAsync(world, volume));
            Assert.Equal((0, 0), (await world.CountAsync("secrets"), await world.CountAsync("volume_attachments")));
        });

    [Fact]
    public void A_guest_beside_its_volume_needs_no_address_and_one_elsewhere_does() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var silent = await world.AddHostAsync("silent");
            var claim = await ClaimAsync(world, await world.MakeVolumeAsync());
            var order = await ConnectAsync(world, claim.Id, (await world.GetHostsAsync())[0]);
            Assert.Null(order.Connector.Address);
            var fault = await Assert.ThrowsAsync<Fault>(() => ConnectAsync(world, claim.Id, silent));
            Assert.Equal(FaultCode.Unavailable, fault.Code);
        });

    [Fact]
    public void What_somebody_has_is_neither_held_nor_deleted_by_others() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var volume = await world.MakeVolumeAsync();
            var claim = await ClaimAsync(world, volume);
            var other = claim with { Id = new(Guid.Parse("5b1a0000-0000-4000-8000-000000000001")) };
            Assert.Equal(FaultCode.BadRequest, await RefusedAsync(() => ReserveAsync(world, other)));
            var theirs = other with { Project = new(ComputeWorld.Theirs) };
            Assert.Equal(FaultCode.NotFound, await RefusedAsync(() => ReserveAsync(world, theirs)));
            var reset = """{"os-reset_status":{"status":"available"}}""";
            await world.VolumeAsync("POST", $"/volumes/{volume}/action", reset, VolumeCalls.Admin);
            Assert.Equal(FaultCode.BadRequest, await RefusedAsync(() => ReserveAsync(world, other)));
            Assert.Equal(400, (await world.VolumeAsync("DELETE", $"/volumes/{volume}")).Status);
            await DeleteAsync(world, volume);
            Assert.Equal(1, await world.CountAsync("volumes"));
            await StepAsync(world, tx => new EndAttachmentHandler().RunAsync(tx, new(claim.Id)));
            await DeleteAsync(world, volume);
            await world.SettleAsync();
            Assert.Equal(0, await world.CountAsync("volumes"));
        });

    [Fact]
    public void One_that_is_made_for_a_server_may_be_held_and_is_waited_for() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var caller = (await world.Get<Contracts.Identity.ITokens>().AuthenticateAsync("mine:member"))!;
            var id = await world.Db.WriteAsync(tx =>
                Claims(world).CreateAsync(tx, caller, "req-1", new("root", 2, null))
            );
            await ReserveAsync(
                world,
                new(
                    new(Guid.Parse("5b1a0000-0000-4000-8000-000000000002")),
                    id,
                    new(Guid.Parse("5b1a0000-0000-4000-8000-000000000003")),
                    caller.Project
                )
            );
            Assert.Equal(
                FaultCode.Unavailable,
                await RefusedAsync(() => StepAsync(world, tx => new AwaitVolumeHandler().RunAsync(tx, new(id))))
            );
            await world.SettleAsync();
            await StepAsync(world, tx => new AwaitVolumeHandler().RunAsync(tx, new(id)));
            Assert.Equal("reserved", await StatusAsync(world, $"{id}"));
            Assert.Equal(2, await world.UsedAsync("gigabytes"));
            Assert.Equal(
                FaultCode.NotFound,
                await RefusedAsync(() =>
                    StepAsync(
                        world,
                        tx =>
                            new AwaitVolumeHandler().RunAsync(
                                tx,
                                new(new(Guid.Parse("5b1a0000-0000-4000-8000-000000000004")))
                            )
                    )
                )
            );
        });

    [Fact]
    public void Limits_are_what_a_hypervisor_keeps_to()
    {
        var specs =
            """{"total_iops_sec":"500","read_bytes_sec_per_gb":"100","read_bytes_sec_per_gb_min":"350","x":"1"}""";
        var both = new QosSpec { Consumer = "both", Specs = specs };
        Assert.Equal(
            "read_bytes_sec=350 total_iops_sec=500",
            string.Join(' ', QosLimits.Of(both, 3)!.Select(l => $"{l.Key}={l.Value}"))
        );
        Assert.Equal(1000, QosLimits.Of(both, 10)!["read_bytes_sec"]);
        Assert.Null(QosLimits.Of(both with { Consumer = "back-end" }, 10));
        Assert.Null(QosLimits.Of(null, 10));
    }

    /// <summary>Two hundred at once on ten volumes, of which each is one server's at a time.</summary>
    [Fact]
    public void However_many_claim_at_once_each_volume_is_in_a_state_that_its_attachments_say() =>
        ComputeWorld.Run(async world =>
        {
            await world.AddBackendAsync();
            var guest = await world.AddGuestHostAsync();
            var volumes = new List<string>();
            for (var i = 0; i < 10; i++)
                volumes.Add(await world.MakeVolumeAsync($"\"size\":1,\"multiattach\":{(i < 2 ? "true" : "false")}"));
            await Task.WhenAll(
                Enumerable.Range(0, 200).Select(i => StrikeAsync(world, volumes[i % 10], guest, i / 10 % 4))
            );
            await world.SettleAsync();
            var wrong = await world.Db.ReadAsync(tx =>
                tx.ListAsync<string>(
                    """
                    SELECT v.id || ' ' || v.status || ' ' || COUNT(a.id) FROM volumes v
                    LEFT JOIN volume_attachments a ON a.volume_id = v.id GROUP BY v.id, v.status, v.multiattach
                    HAVING (v.multiattach = 0 AND COUNT(a.id) > 1) OR (v.status = 'available') <> (COUNT(a.id) = 0)
                    """
                )
            );
            Assert.Empty(wrong);
            Assert.Equal(0, await world.CountAsync("volume_attachments", "volume_id NOT IN (SELECT id FROM volumes)"));
            Assert.Equal(await world.CountAsync("volumes"), await world.UsedAsync("volumes"));
        });

    /// <summary>One of four: attach and detach, attach, delete by its owner, delete with a server.</summary>
    private static async Task StrikeAsync(ComputeWorld world, string volume, HostId guest, int kind)
    {
        try
        {
            if (kind == 2)
                await world.VolumeAsync("DELETE", $"/volumes/{volume}");
            else if (kind == 3)
                await DeleteAsync(world, volume);
            else
            {
                var claim = await ClaimAsync(world, volume);
                await ConnectAsync(world, claim.Id, guest);
                await StepAsync(world, tx => new MarkAttachedHandler().RunAsync(tx, new(claim.Id, "/dev/vdb", Way)));
                if (kind == 1)
                    return;
                await world.Db.WriteAsync(tx => Claims(world).BeginDetachAsync(tx, claim.Id));
                await StepAsync(world, tx => new EndAttachmentHandler().RunAsync(tx, new(claim.Id)));
            }
        }
        catch (Fault fault) when (fault.Code is FaultCode.BadRequest or FaultCode.NotFound)
        {
            // another was first
        }
    }

    private static IVolumes Claims(ComputeWorld world) => world.Get<IVolumes>();

    private static async Task<AttachmentClaim> ClaimAsync(ComputeWorld world, string volume)
    {
        Assert.True(VolumeId.TryParse(volume, out var id));
        var random = world.Get<Randomness>();
        var claim = new AttachmentClaim(new(random.NewGuid()), id, new(random.NewGuid()), new(ComputeWorld.Mine));
        await ReserveAsync(world, claim);
        return claim;
    }

    private static Task ReserveAsync(ComputeWorld world, AttachmentClaim claim) =>
        world.Db.WriteAsync(tx => Claims(world).ReserveAsync(tx, claim));

    private static async Task<ExportOrder> ConnectAsync(ComputeWorld world, AttachmentId id, HostId guest)
    {
        var handler = new ConnectAttachmentHandler(world.Get<Vault>(), world.Get<Randomness>());
        var step = new ConnectAttachment(id, guest);
        var prepared = await handler.PrepareAsync(step);
        return await world.Db.WriteAsync(tx => handler.RunAsync(tx, step, prepared));
    }

    private static Task DeleteAsync(ComputeWorld world, string volume)
    {
        Assert.True(VolumeId.TryParse(volume, out var id));
        var request = $"req-{world.Get<Randomness>().NewGuid()}";
        return world.Db.WriteAsync(tx => Claims(world).DeleteAsync(tx, new(ComputeWorld.Mine), request, [id]));
    }

    private static Task StepAsync(ComputeWorld world, Func<Tx, ValueTask<Done>> step) => world.Db.WriteAsync(step);

    private static async Task<FaultCode> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<Fault>(call)).Code;

    private static async Task<string> StatusAsync(ComputeWorld world, string volume) =>
        (await world.VolumeAsync("GET", $"/volumes/{volume}")).Text("volume", "status");
}
