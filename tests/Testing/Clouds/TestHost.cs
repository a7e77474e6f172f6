using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Agent;
using Pipeline.Agent.BlockStorage;
using Pipeline.Agent.Metadata;
using Pipeline.Contracts;
using Pipeline.Contracts.Hosts;
using Pipeline.Drivers;

namespace Pipeline.Testing.Clouds;

/// <summary>A host: fake metal, keys and a journal that outlive its agents, and the agent that lives now.</summary>
public sealed class TestHost
{
    private readonly TestCloud cloud;
    private readonly ECDsa signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDiffieHellman sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private int lives;

    internal TestHost(TestCloud cloud, string name, HostInventory inventory)
    {
        this.cloud = cloud;
        Name = name;
        Inventory = inventory;
    }

    public string Name { get; }

    public FakeHost Metal { get; } = new();

    internal FakeGuestDocuments Documents { get; } = new();

    public Strain Strain { get; } = new();

    public MemoryJournal Journal { get; } = new();

    public HostInventory Inventory { get; }

    /// <summary>Where it keeps backups of its volumes; null for the cloud's store.</summary>
    public FakeFolder? BackupFolder { get; init; }

    public bool IsUp => Agent is { Dead: false };

    internal AgentIdentity Identity { get; private set; } = null!;

    internal AgentLife? Agent { get; private set; }

    /// <summary>Introduces the host to the cloud with a one-time token of the operator's.</summary>
    public async Task JoinAsync()
    {
        var token = (await cloud.PostAsync("/hosts/v1/join-tokens", "", cloud.Admin)).Must(201).Text("token");
        var request = new JoinRequest(
            token,
            Name,
            signing.ExportSubjectPublicKeyInfo(),
            sealing.ExportSubjectPublicKeyInfo(),
            ["compute"]
        );
        var body = JsonSerializer.Serialize(request, ContractsJson.Default.JoinRequest);
        var answer = (await cloud.PostAsync("/hosts/v1/join", body, null)).Must(200);
        var joined = JsonSerializer.Deserialize(answer.Body, ContractsJson.Default.JoinAnswer)!;
        Identity = new(signing, sealing, joined);
    }

    public HostId Id => Identity.Host;

    public string Cloud => Identity.Cloud;

    /// <summary>Answers a step in the host's name, whoever was asked to do it.</summary>
    public Task AnswerAsync(HostAnswer answer) =>
        new InProcessControlPlane(cloud, Identity, () => false).SendAnswerAsync(answer, CancellationToken.None);

    /// <summary>Asks for a sweep in the host's name.</summary>
    public Task AskForSweepAsync() =>
        new InProcessControlPlane(cloud, Identity, () => false).AskForSweepAsync(CancellationToken.None);

    /// <summary>Tells of its backends in the host's name.</summary>
    public Task TellAsync(HostBackends backends) =>
        new InProcessControlPlane(cloud, Identity, () => false).SendBackendsAsync(backends, CancellationToken.None);

    /// <summary>A guest of the host tells its password, once.</summary>
    public void TellPassword(ServerId server, string password) => Documents.TellPassword(server, password);

    /// <summary>Whether the host's agent knows that the control plane has it.</summary>
    public bool HasToldPassword(ServerId server) => Documents.IsTold(server);

    /// <summary>Passes a password on in the host's name, whatever its agent does.</summary>
    public Task SendPasswordAsync(ServerId server, string password) =>
        new InProcessControlPlane(cloud, Identity, () => false).SendPasswordAsync(
            server,
            new(password),
            CancellationToken.None
        );

    /// <summary>Sends an image's file in the host's name.</summary>
    public Task SendImageAsync(string image, byte[] file) =>
        new InProcessControlPlane(cloud, Identity, () => false).SendImageAsync(
            new(Guid.Parse(image)),
            () => new MemoryStream(file),
            CancellationToken.None
        );

    /// <summary>Sends a part of a backup in the host's name.</summary>
    public Task SendPartAsync(string backup, string part, byte[] bytes) =>
        new InProcessControlPlane(cloud, Identity, () => false).SendBackupPartAsync(
            new(Guid.Parse(backup)),
            part,
            bytes,
            CancellationToken.None
        );

    /// <summary>Asks for a part of a backup in the host's name.</summary>
    public Task<byte[]> FetchPartAsync(string backup, string part) =>
        new InProcessControlPlane(cloud, Identity, () => false).FetchBackupPartAsync(
            new(Guid.Parse(backup)),
            new(Guid.Parse(backup)),
            part,
            CancellationToken.None
        );

    /// <summary>An agent of another cloud, in the place of the host's own.</summary>
    internal AgentLife StartStranger(AgentIdentity identity) =>
        Agent = new AgentLife(cloud, this, $"{Name}.{++lives}", identity);

    /// <exception cref="InvalidOperationException">One lives: an agent's lock on its folder keeps another out.</exception>
    public void StartAgent() =>
        Agent = IsUp
            ? throw new InvalidOperationException($"{Agent!.Name} lives")
            : new AgentLife(cloud, this, $"{Name}.{++lives}");

    /// <summary>The agent is gone, as by kill -9; guests, networks and the journal stay.</summary>
    /// <remarks>One that had died before may have been followed by the next while what was left of it ended.</remarks>
    public async Task KillAgentAsync()
    {
        AgentLife? killed = null;
        while (Agent is { } agent && agent != killed)
        {
            killed = agent;
            agent.Die(revived: false);
            await agent.DisposeAsync();
        }
    }

    /// <summary>The agent ends as it does on SIGTERM.</summary>
    internal async Task StopAgentAsync()
    {
        if (Agent is { } agent)
            await agent.DisposeAsync();
        Agent = null;
    }
}
