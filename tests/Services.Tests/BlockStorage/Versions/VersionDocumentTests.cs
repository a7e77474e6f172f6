using Pipeline.Services.Tests.Compute;
using Pipeline.Testing;

namespace Pipeline.Services.Tests.BlockStorage.Versions;

public sealed class VersionDocumentTests
{
    [Fact]
    public void The_root_offers_its_one_version_to_anyone() =>
        ComputeWorld.Run(async world =>
        {
            var root = await world.SendAsync("GET", "/volume/", token: null);
            Golden.Matches(root.Golden, "block-storage/versions/list.300.json");
            Assert.Equal(root.Body, (await world.SendAsync("GET", "/volume", token: null)).Body);
        });

    [Fact]
    public void The_version_shows_itself_where_the_root_said() =>
        ComputeWorld.Run(async world =>
        {
            var root = await world.SendAsync("GET", "/volume/", token: null);
            var self = root.Json.GetProperty("versions")[0].GetProperty("links")[0].GetProperty("href").GetString()!;
            var version = await world.SendAsync("GET", new Uri(self).AbsolutePath, token: null);
            Golden.Matches(version.Golden, "block-storage/versions/show.200.json");
            Assert.Equal(200, (await world.SendAsync("GET", "/volume/v3", token: null)).Status);
        });

    [Fact]
    public void Extensions_are_listed_and_shown() =>
        ComputeWorld.Run(async world =>
        {
            var listed = await world.VolumeAsync("GET", "/extensions");
            Golden.Matches(listed.Golden, "block-storage/versions/extensions.200.json");
            var shown = await world.VolumeAsync("GET", "/extensions/os-availability-zone");
            Assert.Equal("AvailabilityZones", shown.Text("extension", "name"));
            Assert.Equal(
                "404 itemNotFound: There is no extension os-none.",
                (await world.VolumeAsync("GET", "/extensions/os-none")).Fault
            );
        });

    [Fact]
    public void Another_projects_path_is_refused() =>
        ComputeWorld.Run(async world =>
            Assert.Equal(
                400,
                (await world.SendAsync("GET", $"/volume/v3/{ComputeWorld.Theirs}/limits", null, "mine:member")).Status
            )
        );
}
