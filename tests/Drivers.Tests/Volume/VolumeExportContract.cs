using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The rows of the contract about volumes that are attached.</summary>
public abstract class VolumeExportContract : VolumeDriverContract
{
    /// <summary>What happens to the ways when the host goes down: their daemons are gone, their records are not.</summary>
    protected virtual Task GoDownAsync() => Task.CompletedTask;

    /// <summary>Another guest's host than <see cref="VolumeDriverContract.Connector"/>; null when the transport knows none.</summary>
    protected virtual HostConnector? Stranger => null;

    /// <summary>Whether a process that has the volume open can be cut off.</summary>
    protected virtual bool CutsOff => true;

    /// <summary>How many orders by chance the driver gets; all of them where there is time (PIPELINE_LONG=1).</summary>
    protected virtual int Orders => Environment.GetEnvironmentVariable("PIPELINE_LONG") == "1" ? 200 : 60;

    [Fact]
    public Task Orders_by_chance_end_as_a_model_says()
    {
        var parts = new HistoryParts(Cloud, NewDriver, NewExport, ConnectAsync);
        var seed = Environment.GetEnvironmentVariable("PIPELINE_SEED") is { } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        return new VolumeHistory(parts, seed).RunAsync(Orders, lookEvery: 10);
    }

    /// <summary>What the page of drivers calls it.</summary>
    protected virtual string PageName => $"`{NewDriver().Name}`";

    [Fact]
    public async Task The_page_of_drivers_says_what_it_can()
    {
        var driver = NewDriver();
        var statistics = await driver.ReadStatisticsAsync(Ct);
        DriversPage.HasRow(
            PageName,
            statistics.Protocol,
            Stranger is null ? "its own" : "all",
            Password is null ? "address" : "address, password",
            Can("thin_provisioning_support"),
            Can("multiattach"),
            Can("online_snapshot_support"),
            Can("online_extend_support"),
            CutsOff ? "yes" : "refuses",
            driver is IVolumeRevert ? "yes" : "no"
        );
        Assert.Equal(driver is IVolumeRevert, statistics.Capabilities.GetValueOrDefault("snapshot_revert_support"));
        string Can(string name) => statistics.Capabilities[name] ? "yes" : "no";
    }

    [Fact]
    public async Task An_export_ensured_twice_is_the_same_way()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        Assert.Equivalent(way, await Exports(driver).EnsureExportAsync(export, Ct), strict: true);
        Assert.Equivalent(way, await Exports(NewDriver()).EnsureExportAsync(export, Ct), strict: true);
        Assert.Equal([export.Attachment], Assert.Single(await ListAsync(NewDriver())).Exports);
        await using (var client = await ConnectAsync(way, export))
            Assert.True(await client.WriteAsync(Mark.One));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        await Exports(NewDriver()).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.Empty(Assert.Single(await ListAsync(NewDriver())).Exports);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task A_way_says_nothing_secret()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        if (export.Password is { } password)
            Assert.DoesNotContain(way.Properties.Values, value => value.Contains(password));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
    }

    [Fact]
    public async Task An_exported_volume_is_not_deleted_and_no_image_is_written_to_it()
    {
        var (driver, spec, image) = (NewDriver(), await NewVolumeAsync(), await NewImageAsync(Mark.Two, "raw"));
        var export = NewExport(spec.Id);
        await using (var client = await ConnectAsync(await Exports(driver).EnsureExportAsync(export, Ct), export))
        {
            await RefusesAsync(FaultCode.Conflict, () => driver.DeleteVolumeAsync(spec.Id, Ct));
            await RefusesAsync(
                FaultCode.Conflict,
                () => Content(driver).WriteImageAsync(spec.Id, image, progress: null, Ct)
            );
            Assert.True(await client.WriteAsync(Mark.One));
            Assert.True(await client.HoldsAsync(Mark.One));
        }
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        await driver.DeleteVolumeAsync(spec.Id, Ct);
    }

    [Fact]
    public async Task What_was_written_through_an_export_is_read_into_an_image()
    {
        var (driver, spec, path) = (NewDriver(), await NewVolumeAsync(), NewPath());
        await WriteAsync(spec.Id, Mark.One);
        await Content(driver).ReadImageAsync(spec.Id, path, "qcow2", progress: null, Ct);
        Assert.True(await HasAsync(path, "qcow2", Mark.One));
    }

    [Fact]
    public async Task Once_the_export_is_gone_who_was_connected_writes_no_more()
    {
        var (driver, spec, export) = (NewDriver(), await NewVolumeAsync(), default(ExportSpec)!);
        export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        await using (var client = await ConnectAsync(way, export))
        {
            Assert.True(await client.WriteAsync(Mark.One));
            if (CutsOff)
            {
                await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
                await client.WriteAsync(Mark.Two);
            }
            else
                await RefusesAsync(
                    FaultCode.Conflict,
                    () => Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct)
                );
        }
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task A_snapshot_of_a_volume_in_use_is_taken_or_refused_as_the_statistics_say()
    {
        var (driver, spec, id) = (NewDriver(), await NewVolumeAsync(), NewSnapshot());
        var online = (await driver.ReadStatisticsAsync(Ct)).Capabilities["online_snapshot_support"];
        var (export, clone) = (NewExport(spec.Id), NewSpec() with { Source = new(spec.Id) });
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        Task TakeAsync() => Snapshots(driver).EnsureSnapshotAsync(spec.Id, id, Ct);
        Task ReadAsync() => Content(driver).ReadImageAsync(spec.Id, NewPath(), "raw", progress: null, Ct);
        await using (var client = await ConnectAsync(way, export))
        {
            Assert.True(await client.WriteAsync(Mark.One));
            foreach (var copy in (Func<Task>[])[TakeAsync, ReadAsync, () => driver.EnsureVolumeAsync(clone, Ct)])
                if (online)
                    await copy();
                else
                    await RefusesAsync(FaultCode.Conflict, copy);
            Assert.True(await client.WriteAsync(Mark.Two));
        }
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.Two));
        if (!online)
            return;
        var made = NewSpec() with { Source = new(spec.Id, id) };
        await driver.EnsureVolumeAsync(made, Ct);
        Assert.True(await HoldsAsync(made.Id, Mark.One));
        Assert.True(await HoldsAsync(clone.Id, Mark.One));
    }

    [Fact]
    public async Task A_volume_in_use_grows_or_refuses_as_the_statistics_say()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var online = (await driver.ReadStatisticsAsync(Ct)).Capabilities["online_extend_support"];
        var export = NewExport(spec.Id);
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        if (online)
            await driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct);
        else
            await RefusesAsync(FaultCode.Conflict, () => driver.ExtendVolumeAsync(spec.Id, 2 * Gib, Ct));
        await using (var client = await ConnectAsync(way, export))
            Assert.Equal(online, await client.WriteAsync(Mark.Far));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
    }

    [Fact]
    public async Task A_second_attachment_shares_the_volume_or_is_refused_as_the_statistics_say()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var shares = (await driver.ReadStatisticsAsync(Ct)).Capabilities["multiattach"];
        ExportSpec[] both = [NewExport(spec.Id), NewExport(spec.Id)];
        var first = await Exports(driver).EnsureExportAsync(both[0], Ct);
        if (!shares)
        {
            await RefusesAsync(FaultCode.Conflict, () => Exports(driver).EnsureExportAsync(both[1], Ct));
            await Exports(driver).DeleteExportAsync(spec.Id, both[0].Attachment, Ct);
            return;
        }
        var second = await Exports(driver).EnsureExportAsync(both[1], Ct);
        await using (var client = await ConnectAsync(first, both[0]))
            Assert.True(await client.WriteAsync(Mark.One));
        await using (var client = await ConnectAsync(second, both[1]))
        {
            await Exports(driver).DeleteExportAsync(spec.Id, both[0].Attachment, Ct);
            Assert.True(await client.HoldsAsync(Mark.One));
            Assert.True(await client.WriteAsync(Mark.Two));
        }
        await Exports(driver).DeleteExportAsync(spec.Id, both[1].Attachment, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.Two));
    }

    [Fact]
    public async Task What_is_attached_to_be_read_is_not_written()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        await WriteAsync(spec.Id, Mark.One);
        var export = NewExport(spec.Id) with { IsReadOnly = true };
        await using (var client = await ConnectAsync(await Exports(driver).EnsureExportAsync(export, Ct), export))
        {
            Assert.True(await client.HoldsAsync(Mark.One));
            Assert.False(await client.WriteAsync(Mark.Two));
        }
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task After_the_host_was_down_the_ways_that_stood_stand_again()
    {
        var (spec, other) = (await NewVolumeAsync(), await NewVolumeAsync());
        var (export, gone) = (NewExport(spec.Id), NewExport(other.Id));
        var way = await Exports(NewDriver()).EnsureExportAsync(export, Ct);
        await Exports(NewDriver()).EnsureExportAsync(gone, Ct);
        await Exports(NewDriver()).DeleteExportAsync(other.Id, gone.Attachment, Ct);
        await GoDownAsync();
        await Exports(NewDriver()).RestoreExportsAsync(Ct);
        await Exports(NewDriver()).RestoreExportsAsync(Ct);
        await using (var client = await ConnectAsync(way, export))
            Assert.True(await client.WriteAsync(Mark.One));
        Assert.Equivalent(way, await Exports(NewDriver()).EnsureExportAsync(export, Ct), strict: true);
        await GoDownAsync();
        await Exports(NewDriver()).DeleteExportAsync(spec.Id, export.Attachment, Ct); // nothing is there to be closed
        Assert.True(await HoldsAsync(spec.Id, Mark.One));
    }

    [Fact]
    public async Task A_way_is_for_its_host_alone()
    {
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        if (Stranger is not { } stranger)
        {
            var far = NewExport(spec.Id) with { Connector = Connector with { Address = "192.0.2.9" } };
            await RefusesAsync(FaultCode.BadRequest, () => Exports(driver).EnsureExportAsync(far, Ct));
            Assert.Empty(Assert.Single(await ListAsync(driver)).Exports);
            return;
        }
        var export = NewExport(spec.Id) with { Connector = stranger };
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        await using (var client = await ConnectAsync(way, export))
            Assert.False(await client.WriteAsync(Mark.One));
        var moved = await Exports(driver).EnsureExportAsync(export with { Connector = Connector }, Ct);
        await using (var client = await ConnectAsync(moved, export))
            Assert.True(await client.WriteAsync(Mark.One));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
    }

    [Fact]
    public async Task A_way_needs_its_password_where_the_transport_has_one()
    {
        Assert.SkipWhen(Password is null, "the transport has no passwords");
        var (driver, spec) = (NewDriver(), await NewVolumeAsync());
        var export = NewExport(spec.Id);
        var without = export with { Password = null };
        await RefusesAsync(FaultCode.BadRequest, () => Exports(driver).EnsureExportAsync(without, Ct));
        var way = await Exports(driver).EnsureExportAsync(export, Ct);
        foreach (var wrong in (ExportSpec[])[without, export with { Password = new string('x', 16) }])
            await using (var client = await ConnectAsync(way, wrong))
                Assert.False(await client.WriteAsync(Mark.One));
        await Exports(driver).DeleteExportAsync(spec.Id, export.Attachment, Ct);
    }
}
