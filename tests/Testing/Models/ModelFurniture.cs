using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Models;

/// <summary>Who calls, and what there is before the first call: the model learns both from the cloud.</summary>
internal static class ModelFurniture
{
    public static async Task<Estate> MakeAsync(TestCloud cloud)
    {
        var bea = await cloud.AddUserAsync("bea");
        var reader = await ReaderAsync(cloud);
        var estate = new Estate
        {
            Callers =
            [
                await CallerAsync(cloud, cloud.Admin, Rank.Admin),
                await CallerAsync(cloud, cloud.Demo, Rank.Member),
                await CallerAsync(cloud, bea, Rank.Member),
                await CallerAsync(cloud, reader, Rank.Reader),
                new("nobody", Rank.Nobody, null, ""),
            ],
            Role = await RoleAsync(cloud, "member"),
        };
        await cloud.AddPublicImageAsync();
        estate.Images.Add(
            new(cloud.Image, estate.Callers[0].Project)
            {
                Visibility = "public",
                IsActive = true,
                Stays = true,
            }
        );
        await AddFlavorAsync(cloud, estate, new("small", 1, 64));
        await AddFlavorAsync(cloud, estate, new("huge", 1, 45_000));
        await LearnGroupsAsync(cloud, estate);
        await LearnTypesAsync(cloud, estate);
        return estate;
    }

    private static async Task AddFlavorAsync(TestCloud cloud, Estate estate, AFlavor flavor)
    {
        await cloud.AddFlavorAsync(flavor.Id, flavor.Vcpus, flavor.Ram, disk: 1);
        estate.Flavors.Add(flavor);
    }

    private static async Task<ModelCaller> CallerAsync(TestCloud cloud, CloudUser user, Rank rank)
    {
        var path = "/identity/v3/auth/tokens";
        var request = new CloudRequest("GET", path, []);
        request.Headers["X-Auth-Token"] = request.Headers["X-Subject-Token"] = await cloud.TokenAsync(user);
        var token = (await cloud.SendAsync(request, CancellationToken.None)).Must(200).Json.GetProperty("token");
        return new(user.Name, rank, user, token.GetProperty("project").GetProperty("id").GetString()!)
        {
            Id = token.GetProperty("user").GetProperty("id").GetString()!,
        };
    }

    /// <summary>Somebody in the project `demo` who may look only.</summary>
    private static async Task<CloudUser> ReaderAsync(TestCloud cloud)
    {
        const string user = """{"user": {"name": "rob", "password": "rob-secret"}}""";
        var id = (await cloud.PostAsync("/v3/users", user, cloud.Admin)).Must(201).Text("user", "id");
        var projects = (await cloud.GetAsync("/v3/projects?name=demo", cloud.Admin)).Must(200).Json;
        var project = projects.GetProperty("projects")[0].GetProperty("id").GetString();
        var role = await RoleAsync(cloud, "reader");
        (await cloud.PutAsync($"/v3/projects/{project}/users/{id}/roles/{role}", "", cloud.Admin)).Must(204);
        return new("rob", "rob-secret", "demo");
    }

    private static async Task<string> RoleAsync(TestCloud cloud, string name)
    {
        var roles = (await cloud.GetAsync($"/v3/roles?name={name}", cloud.Admin)).Must(200).Json.GetProperty("roles");
        return roles[0].GetProperty("id").GetString()!;
    }

    /// <summary>Volumes that name no type have this one.</summary>
    private static async Task LearnTypesAsync(TestCloud cloud, Estate estate)
    {
        var type = (await cloud.GetAsync("/volume/v3/types/default", cloud.Admin)).Must(200);
        estate.VolumeTypes.Add(
            new(type.Text("volume_type", "id"), type.Text("volume_type", "name")) { IsDefault = true }
        );
    }

    /// <summary>Each project has its default group from the first look on.</summary>
    private static async Task LearnGroupsAsync(TestCloud cloud, Estate estate)
    {
        foreach (var caller in estate.Callers.Where(c => c.Rank >= Rank.Member))
        {
            var path = $"/network/v2.0/security-groups?project_id={caller.Project}";
            var listed = (await cloud.GetAsync(path, caller.User)).Must(200).Json.GetProperty("security_groups");
            foreach (var json in listed.EnumerateArray())
            {
                var group = new AGroup(json.GetProperty("id").GetString()!, caller.Project) { IsDefault = true };
                estate.Groups.Add(group);
                foreach (var rule in json.GetProperty("security_group_rules").EnumerateArray())
                    estate.Rules.Add(new(rule.GetProperty("id").GetString()!, group, null));
            }
        }
    }
}
