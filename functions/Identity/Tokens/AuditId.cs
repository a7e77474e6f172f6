using System.Buffers.Binary;
using System.Buffers.Text;

namespace Pipeline.Identity.Tokens;

/// <summary>A token's public name: it stands in logs, in answers and in revocations, where the token itself must not.</summary>
internal readonly record struct AuditId(Guid Value)
{
    /// <summary>What tokens and revocations are compared by; 64 bits of it are never met twice within a token's life.</summary>
    public ulong Mark
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes);
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
    }

    public static AuditId Parse(string text) => new(new Guid(Base64Url.DecodeFromChars(text), bigEndian: true));

    /// <summary>22 characters of base64url.</summary>
    public override string ToString() => Base64Url.EncodeToString(Value.ToByteArray(bigEndian: true));
}
