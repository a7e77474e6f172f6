using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Compute.Flavors;
using Pipeline.Compute.Keypairs;
using Pipeline.Compute.Orchestrations;
using Pipeline.Compute.Quotas;
using Pipeline.Compute.Volumes;
using Pipeline.Contracts.Image;
using Pipeline.Contracts.Network;
using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Compute.Servers;

/// <summary>
/// Accepts a server: its record, its usage, its lock, its secrets and the start of its build, or nothing. Valid and
/// within quota is 202; where it runs, and whether it can, is found out by the build.
/// </summary>
internal sealed class CreateServer(
    Database db,
    DurableTaskClient durable,
    IImages images,
    INetworks networks,
    ServerDisks disks,
    Vault vault,
    Randomness randomness,
    PublicUrl publicUrl
)
{
    private const string Rule = "os_compute_api:servers:create";
    private const int PasswordLength = 12;

    [Function("compute-create-server"), Policy(Rule, Require.ProjectMember), Answers(202), BodyLimit(4 << 20)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "compute/v2.1/servers")] HttpRequest request,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var body = await request.ReadFieldsAsync(ct);
        var order = NewServer.Read(body);
        var password = order.AdminPass ?? randomness.Password(PasswordLength);
        var births = Enumerable.Range(1, order.Count).Select(i => Birth(order, i, password)).ToList();
        var key = IdempotencyKeys.Of(request, caller, body);
        var (server, again) = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } stored && ServerId.TryParse(stored.Body, out var known))
                return (await ServerOperations.FindAsync(tx, known, caller), true);
            var accepted = await AcceptAsync(tx, order, births, caller, requestId);
            await tx.RememberAsync(key, 202, accepted.Id.ToString());
            return (accepted, false);
        });
        if (order.ReturnReservation)
            return Answer.Written(202, w => ServerView.WriteReservation(w, server));
        var baseUrl = publicUrl.Of(request);
        return Answer
            .Written(202, w => ServerView.WriteCreated(w, server, baseUrl, again ? null : password))
            .With("Location", $"{baseUrl}/compute/v2.1/servers/{server.Id}");
    }

    private ServerBirth Birth(NewServer order, int index, string password) =>
        new(
            new(randomness.NewGuid()),
            order.Count == 1 ? order.Name : $"{order.Name}-{index}",
            order.UserData is { } data ? vault.Seal(data) : null,
            vault.Seal(Encoding.UTF8.GetBytes(password))
        );

    private async ValueTask<Server> AcceptAsync(
        Tx tx,
        NewServer order,
        List<ServerBirth> births,
        Caller caller,
        RequestId requestId
    )
    {
        var facts = await FactsAsync(tx, order, caller);
        await ComputeQuota.ClaimAsync(tx, caller.Project, facts.Flavor, order.Count);
        await ComputeQuota.CheckMetadataAsync(tx, caller.Project, order.Metadata.Count);
        Server? first = null;
        foreach (var birth in births)
        {
            var server = ServerAcceptance.Accept(order, birth, facts, caller, requestId, await tx.NextNumberAsync());
            first ??= server;
            await tx.AddServerAsync(server);
            var owner = Server.ResourceOf(server.Id);
            await tx.PutSecretAsync(owner, birth.AdminPassword);
            if (birth.UserData is { } data)
                await tx.PutSecretAsync(owner, data);
            var volumes = await disks.AcceptAsync(tx, server, order.Devices, caller, requestId);
            var provision = ServerAcceptance.Provision(order, birth, facts, volumes, caller, requestId);
            var instance = $"server-{server.Id}-provision-{requestId}";
            await durable.StartAsync(tx, provision, new(instance, caller.Project, requestId.Value));
            await tx.AddActionAsync(ServerOperations.Action(server.Id, "create", caller, requestId, instance));
            await tx.AuditAsync(caller.Audit(requestId, Rule, owner));
        }
        return first! with { CreatedAt = tx.Now, UpdatedAt = tx.Now };
    }

    /// <summary>What others own is checked in their own words: unknown is 400 here, as the client named it.</summary>
    private async ValueTask<ServerFacts> FactsAsync(Tx tx, NewServer order, Caller caller)
    {
        var project = caller.Project;
        var flavor =
            await tx.FindFlavorAsync(order.FlavorId, caller)
            ?? throw Fault.BadRequest($"Flavor {order.FlavorId} could not be found.");
        var image = order.Image is { } id
            ? await images.FindAsync(tx, project, id) ?? throw Fault.BadRequest($"Image {id} could not be found.")
            : null;
        var boot = order.Devices.FirstOrDefault(d => d is { BootIndex: 0, IsLocal: false });
        var bootImage = boot is null ? default : await disks.CheckBootAsync(tx, boot, flavor.Spec.RamMib, caller);
        Keypair? keypair = null;
        if (order.KeyName is { } name)
            keypair =
                await tx.FindKeypairAsync(caller.UserId, name) ?? throw Fault.BadRequest("Invalid key_name provided.");
        var groups = new List<SecurityGroupId>();
        foreach (var group in order.SecurityGroups.Distinct())
            groups.Add(
                await networks.FindSecurityGroupAsync(tx, project, group)
                    ?? throw Fault.BadRequest($"Security group {group} not found for project {project}.")
            );
        return new(flavor.Spec, image, keypair, groups, await NicsAsync(tx, order, project), bootImage);
    }

    private async ValueTask<IReadOnlyList<NicRequest>> NicsAsync(Tx tx, NewServer order, ProjectId project)
    {
        if (order.NoNetwork)
            return [];
        if (order.Nics is not { Count: > 0 } asked)
            return await OwnNetworkAsync(tx, project);
        foreach (var nic in asked)
            if (nic.Port is { } port)
                await CheckPortAsync(tx, project, port);
            else if (await networks.FindAsync(tx, project, nic.Network!.Value) is not { } network)
                throw Fault.BadRequest($"Network {nic.Network} could not be found.");
            else if (!network.HasSubnets)
                throw Fault.BadRequest($"Network {nic.Network} requires a subnet in order to boot instances on.");
        return asked;
    }

    private async ValueTask CheckPortAsync(Tx tx, ProjectId project, PortId port)
    {
        var found =
            await networks.FindPortAsync(tx, project, port)
            ?? throw Fault.BadRequest($"Port id {port} could not be found.");
        if (found.Device.Length > 0)
            throw Fault.Conflict($"Port {port} is still in use.");
    }

    /// <summary>A server that names no network gets the project's only one; several are ambiguous.</summary>
    private async ValueTask<IReadOnlyList<NicRequest>> OwnNetworkAsync(Tx tx, ProjectId project)
    {
        var own = (await networks.ListOwnAsync(tx, project)).Where(n => n.HasSubnets).ToList();
        return own.Count > 1
            ? throw Fault.Conflict("Multiple possible networks found, use a Network ID to be more specific.")
            : [.. own.Select(n => new NicRequest(n.Id, null, null))];
    }
}
