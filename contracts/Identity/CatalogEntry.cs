using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Contracts.Identity;

/// <summary>
/// A service as the catalogue shows it. The service's module registers it as a singleton from the day the service works;
/// catalogue order is the order of registration.
/// </summary>
/// <param name="Type">OpenStack's service type, as `compute`.</param>
/// <param name="Name">The service's name, as `nova`.</param>
/// <param name="Path">
/// Below the public URL, with leading and without trailing slash; `$(project_id)s` stands for the project of the token.
/// </param>
public sealed record CatalogEntry(string Type, string Name, string Path)
{
    /// <summary>The id of a service of this cloud: it follows from its type, and never changes.</summary>
    public static string ServiceIdOf(string type) => IdOf($"service/{type}");

    /// <summary>The id of something that is in every cloud, by what it is.</summary>
    public static string IdOf(string what) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16));
}
