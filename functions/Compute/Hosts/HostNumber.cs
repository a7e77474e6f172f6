using System.Buffers.Binary;

namespace Pipeline.Compute.Hosts;

/// <summary>A host's id as a number, which Nova's clients expect before microversion 2.53: drawn from the id, so it never changes.</summary>
internal static class HostNumber
{
    public static int Of(HostId id) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(id.Value.ToByteArray(bigEndian: true)) >> 1);
}
