using Pipeline.Contracts;
using Pipeline.Services.Tests.Compute;

namespace Pipeline.Services.Tests.BlockStorage;

/// <summary>Requests to the block storage service, with the project in their path as the catalogue has it.</summary>
internal static class VolumeCalls
{
    public const string Admin = "theirs:admin";
    public const string DefaultType = "6c8cb3b2-0f0f-4c0c-9d3b-0d5f0a9f4a10";

    public static Task<Reply> VolumeAsync(
        this ComputeWorld world,
        string method,
        string path,
        string? body = null,
        string token = "mine:member",
        string? version = null
    )
    {
        var project = token.StartsWith("mine:") ? ComputeWorld.Mine : ComputeWorld.Theirs;
        var asked = version is null ? null : $"volume {version}";
        return world.SendAsync(method, $"/volume/v3/{project}{path}", body, token, version: asked);
    }

    /// <summary>A type that is not public unless <paramref name="more"/> says so; its id.</summary>
    public static async Task<string> AddTypeAsync(this ComputeWorld world, string name, string more = "")
    {
        var reply = await world.VolumeAsync(
            "POST",
            "/types",
            $$$"""{"volume_type":{"name":"{{{name}}}"{{{more}}}}}""",
            Admin
        );
        return reply.Status == 200
            ? reply.Text("volume_type", "id")
            : throw new InvalidOperationException($"{reply.Status} {reply.Body}");
    }

    /// <summary>Makes a volume of the type as its row alone.</summary>
    public static Task AddVolumeRowAsync(this ComputeWorld world, string type) =>
        world.Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync(
                """
                INSERT INTO volumes (id, project_id, user_id, status, size_gib, volume_type_id, availability_zone, bootable,
                    multiattach, read_only, metadata, image_metadata, created_at, version)
                VALUES (@type, @project, 'u', 'available', 1, @type, 'nova', 0, 0, 0, '{}', '{}', @now, 0)
                """,
                new { type, project = new ProjectId(ComputeWorld.Mine) }
            );
        });
}
