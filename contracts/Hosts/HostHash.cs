using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Contracts.Hosts;

/// <summary>
/// A host as its tenants see it: opaque, and another for each project. Nova hashes with SHA-224; the first 28 bytes of
/// SHA-256 serve the same purpose, 56 hex digits.
/// </summary>
public static class HostHash
{
    public static string Of(ProjectId project, string hostName) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project.Value + hostName)).AsSpan(0, 28));
}
