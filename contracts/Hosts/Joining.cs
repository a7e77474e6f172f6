using System.Text.Json.Serialization;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Contracts.Hosts;

/// <summary>`POST /hosts/v1/join`: a new agent introduces itself with a one-time token.</summary>
/// <param name="SigningKey">ECDSA P-256 public key, SubjectPublicKeyInfo.</param>
/// <param name="SealingKey">ECDH P-256 public key, SubjectPublicKeyInfo: secrets are sealed to it.</param>
public sealed record JoinRequest(string Token, string Name, byte[] SigningKey, byte[] SealingKey, string[] Roles);

/// <param name="ControlKey">The control plane's ECDSA P-256 public key, SubjectPublicKeyInfo.</param>
/// <param name="Queue">`host-{id}`.</param>
public sealed record JoinAnswer(HostId Host, string Cloud, byte[] ControlKey, string Queue);

/// <summary>`GET /hosts/v1/{id}/queue`.</summary>
/// <param name="Url">The queue's URL with a SAS for it alone; null when messages are pulled through the functions host.</param>
public sealed record QueueAnswer(string Queue, string? Url);

/// <summary>`PUT /hosts/v1/{id}/inventory`: what the host has; sent at start and on change.</summary>
public sealed record HostInventory(
    int Vcpus,
    int MemoryMib,
    int DiskGib,
    string Hypervisor,
    IReadOnlyDictionary<string, string> Facts
)
{
    /// <summary>The volume backends that the host offers; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BackendReport>? Backends { get; init; }
}

/// <summary>`PUT /hosts/v1/{id}/backends`: what has changed of them since they were last told of.</summary>
public sealed record HostBackends(IReadOnlyList<BackendReport> Backends);

/// <param name="Name">The operator's name of it, unique on its host.</param>
/// <param name="Driver">The driver's name, as `file`.</param>
/// <param name="ReservedPercentage">What the scheduler leaves free, 0 to 100 (the book's table 4.4).</param>
/// <param name="MaxOversubscription">How often the capacity may be promised, where provisioning is thin; 1 or more.</param>
public sealed record BackendReport(
    string Name,
    string Driver,
    int ReservedPercentage,
    double MaxOversubscription,
    VolumeStatistics Statistics
);

/// <summary>One line of the connection's stream from the functions host to an agent.</summary>
/// <param name="Kind">`ring` (look at your queue), `cancel` (an activity), `ask` (a question to answer), `ping`.</param>
public sealed record HostSignal(string Kind, string? Id = null, string? Name = null, string? Body = null);

/// <summary>A host's answer to an `ask`, posted to `/hosts/v1/{id}/answers/{ask}`.</summary>
public sealed record AskAnswer(string? Body, FaultDetails? Fault);
