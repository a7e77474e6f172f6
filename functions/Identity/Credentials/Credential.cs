using System.Security.Cryptography;
using System.Text;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Tokens;

namespace Pipeline.Identity.Credentials;

/// <summary>A secret that a user keeps with their account, as an EC2 key pair. The secret itself is in the vault.</summary>
internal sealed record Credential
{
    public const string Ec2 = "ec2";

    public string Id { get; init; } = "";
    public UserId UserId { get; init; }
    public ProjectId? ProjectId { get; init; }
    public string Type { get; init; } = "";
    public SecretId SecretId { get; init; }

    public string Owner => $"credential/{Id}";

    /// <summary>The id of an EC2 credential follows from its access key, so that it is found by it.</summary>
    public static string IdOfAccess(string access) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(access)));

    /// <summary>What ends the tokens that were got by an EC2 key pair.</summary>
    public Change Ended => Change.Delegation(Delegated.OfKeyPair(Id)!.Value.Id, revokes: true);

    public PolicyTarget Target =>
        new(
            ("target.credential.user_id", UserId.Value),
            ("target.credential.project_id", ProjectId?.Value),
            ("user_id", UserId.Value)
        );
}

internal sealed record CredentialRecord(CredentialFace Credential);

internal sealed record CredentialRecords(IReadOnlyList<CredentialFace> Credentials, ListLinks Links);

internal sealed record CredentialFace(
    string Id,
    UserId UserId,
    ProjectId? ProjectId,
    string Type,
    string Blob,
    SelfLink Links
)
{
    public override string ToString() => $"credential {Id}"; // a record would print the secret
}

/// <summary>What lies in the blob of an EC2 credential.</summary>
internal sealed record Ec2Blob(string Access, string Secret, string? TrustId = null, string? AppCredId = null)
{
    public override string ToString() => $"EC2 key {Access}"; // a record would print the secret
}

internal sealed record Ec2Record(Ec2Face Credential);

internal sealed record Ec2Records(IReadOnlyList<Ec2Face> Credentials, ListLinks Links);

internal sealed record Ec2Face(
    UserId UserId,
    ProjectId? TenantId,
    string Access,
    string Secret,
    string? TrustId,
    SelfLink Links
)
{
    public override string ToString() => $"EC2 key {Access}"; // a record would print the secret
}
