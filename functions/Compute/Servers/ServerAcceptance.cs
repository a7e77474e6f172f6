using System.Text;
using System.Text.Json;
using Pipeline.Compute.Flavors;
using Pipeline.Compute.Keypairs;
using Pipeline.Compute.Orchestrations;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Image;
using Pipeline.Contracts.Network;
using Pipeline.Data;

namespace Pipeline.Compute.Servers;

/// <summary>What is drawn before the transaction: ids, and secrets already sealed.</summary>
internal sealed record ServerBirth(ServerId Id, string Name, SealedSecret? UserData, SealedSecret AdminPassword);

/// <summary>What others own, as the accepting transaction saw it.</summary>
/// <param name="Image">Null where it boots from a volume.</param>
/// <param name="BootImage">What that volume was made of, if it was of one.</param>
internal sealed record ServerFacts(
    FlavorSpec Flavor,
    ImageFacts? Image,
    Keypair? Keypair,
    IReadOnlyList<SecurityGroupId> Groups,
    IReadOnlyList<NicRequest> Nics,
    ImageId BootImage
);

/// <summary>The pure part of accepting a server: validates against the facts, defaults, makes record and build order.</summary>
internal static class ServerAcceptance
{
    private const int HostNameLength = 63;

    /// <exception cref="Fault">BadRequest when flavor and image do not go together; Conflict when the image is not ready.</exception>
    public static Server Accept(
        NewServer order,
        ServerBirth birth,
        ServerFacts facts,
        Caller caller,
        RequestId requestId,
        long number
    )
    {
        if (facts.Image is { } image)
            Check(facts.Flavor, image);
        if (order.AvailabilityZone is { } zone and not "nova")
            throw Fault.BadRequest($"The requested availability zone is not available: {zone}");
        var groups = order.SecurityGroups.Count > 0 ? order.SecurityGroups.Distinct().ToList() : ["default"];
        return new()
        {
            Id = birth.Id,
            ProjectId = caller.Project,
            UserId = caller.UserId,
            Name = birth.Name,
            TaskState = "scheduling",
            ImageId = facts.Image?.Id ?? facts.BootImage,
            BootsFromVolume = facts.Image is null,
            Flavor = JsonSerializer.Serialize(facts.Flavor, ComputeJson.Default.FlavorSpec),
            KeyName = facts.Keypair?.Name,
            Metadata = JsonSerializer.Serialize(order.Metadata, ComputeJson.Default.DictionaryStringString),
            ConfigDrive = order.ConfigDrive,
            SecurityGroups = JsonSerializer.Serialize(groups, ComputeJson.Default.ListString),
            DiskConfig = order.DiskConfig,
            AccessIpv4 = order.AccessIpv4,
            AccessIpv6 = order.AccessIpv6,
            ReservationId = $"r-{requestId.Value[4..12]}",
            Number = number,
        };
    }

    public static ProvisionServer Provision(
        NewServer order,
        ServerBirth birth,
        ServerFacts facts,
        IReadOnlyList<FirstVolume> volumes,
        Caller caller,
        RequestId requestId
    )
    {
        var (flavor, image) = (facts.Flavor, facts.Image);
        var keys = facts.Keypair is { } pair ? new[] { new GuestKey(pair.Name, pair.Type, pair.PublicKey) } : [];
        var spec = new ServerSpec(
            birth.Name,
            HostNameOf(birth.Name, birth.Id),
            flavor.Vcpus,
            flavor.RamMib,
            image is null ? 0 : flavor.DiskGib,
            image is null ? null : new(image.Id, image.DiskFormat, image.Size, image.Sha512),
            facts.Nics,
            facts.Groups,
            keys,
            order.Metadata,
            "nova",
            order.ConfigDrive,
            birth.UserData?.Id,
            birth.AdminPassword.Id
        )
        {
            Volumes = volumes.Count > 0 ? volumes : null,
        };
        return new(birth.Id, caller.Project, requestId.Value, spec);
    }

    /// <summary>A server's name as a host name: letters, digits and hyphens; Nova's own fallback when nothing is left.</summary>
    internal static string HostNameOf(string name, ServerId id)
    {
        var text = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
            if (char.IsAsciiLetterOrDigit(c) || c == '-')
                text.Append(c);
            else if (c is ' ' or '_' or '.')
                text.Append('-');
        var host = text.ToString().Trim('-');
        host = host.Length > HostNameLength ? host[..HostNameLength].Trim('-') : host;
        return host.Length > 0 ? host : $"server-{id}";
    }

    private static void Check(FlavorSpec flavor, ImageFacts image)
    {
        if (image.Status != "active")
            throw Fault.BadRequest($"Image {image.Id} is not active.");
        if (flavor.RamMib < image.MinRamMib)
            throw Fault.BadRequest("Flavor's memory is too small for requested image.");
        if (flavor.DiskGib == 0)
            return;
        if (flavor.DiskGib < image.MinDiskGib)
            throw Fault.BadRequest("The size of the flavor's disk is smaller than the minimum the image asks for.");
        if ((long)flavor.DiskGib << 30 < image.VirtualSize)
            throw Fault.BadRequest("Flavor's disk is too small for requested image.");
    }
}
