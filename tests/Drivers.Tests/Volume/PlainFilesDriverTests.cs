using Pipeline.Contracts.Drivers;
using Pipeline.Drivers.Volume;
using Pipeline.Examples.PlainFiles;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>The example of docs/adding-a-driver.md keeps the whole contract.</summary>
public sealed class PlainFilesDriverTests : FileVolumeContract
{
    protected override string PageName => "`plain-files`, the [example](../examples/PlainFiles)";

    protected override bool CutsOff => false;

    protected override int Orders => 60;

    protected override IVolumeDriver DriverOf(VolumeOptions options) =>
        new PlainFilesDriver(options.Folder, options.Cloud, Command);
}
