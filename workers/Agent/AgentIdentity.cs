using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent;

/// <summary>Who this agent is: its id, its two private keys, its cloud and the key that cloud signs with.</summary>
public sealed class AgentIdentity : IDisposable
{
    private readonly ECDsa signing;
    private readonly ECDiffieHellman sealing;
    private readonly ECDsa control;

    public AgentIdentity(ECDsa signing, ECDiffieHellman sealing, JoinAnswer joined)
    {
        (this.signing, this.sealing, Joined) = (signing, sealing, joined);
        control = ECDsa.Create();
        control.ImportSubjectPublicKeyInfo(joined.ControlKey, out _);
    }

    public JoinAnswer Joined { get; }

    public HostId Host => Joined.Host;

    public string Cloud => Joined.Cloud;

    /// <summary>Signs a request of this host, with the time it was made at.</summary>
    public string Sign(string method, string target, long unixSeconds, ReadOnlySpan<byte> body) =>
        HostSignature.Sign(signing, method, target, unixSeconds, body);

    /// <summary>True when the control plane has signed exactly this.</summary>
    public bool IsGenuine(byte[] payload, byte[] signature) =>
        control.VerifyData(payload, signature, HashAlgorithmName.SHA256);

    /// <exception cref="CryptographicException">It was sealed to another host, or is another secret.</exception>
    public byte[] Open(SecretId id, byte[] box) => SealedBox.Open(sealing, box, Encoding.UTF8.GetBytes(id.ToString()));

    public void Dispose()
    {
        signing.Dispose();
        sealing.Dispose();
        control.Dispose();
    }
}
