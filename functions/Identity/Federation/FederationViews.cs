using System.Text.Json;

namespace Pipeline.Identity.Federation;

internal sealed record ProviderLinks(string Self, string Protocols);

internal sealed record ProviderView(
    string Id,
    DomainId DomainId,
    string? Description,
    bool Enabled,
    IReadOnlyList<string> RemoteIds,
    long? AuthorizationTtl,
    ProviderLinks Links
)
{
    public static ProviderView Of(HttpRequest request, IdentityUrls urls, IdentityProvider provider)
    {
        var self = urls.Of(request, $"OS-FEDERATION/identity_providers/{provider.Id}");
        return new(
            provider.Id,
            provider.DomainId,
            provider.Description,
            provider.Enabled,
            provider.Remotes(),
            provider.AuthorizationTtl,
            new(self, $"{self}/protocols")
        );
    }
}

internal sealed record ProviderDocument(ProviderView IdentityProvider);

internal sealed record ProviderList(IReadOnlyList<ProviderView> IdentityProviders, ListLinks Links);

internal sealed record ProtocolLinks(string Self, string IdentityProvider);

internal sealed record ProtocolView(string Id, string MappingId, ProtocolLinks Links)
{
    public static ProtocolView Of(HttpRequest request, IdentityUrls urls, Protocol protocol)
    {
        var provider = urls.Of(request, $"OS-FEDERATION/identity_providers/{protocol.ProviderId}");
        return new(protocol.Id, protocol.MappingId, new($"{provider}/protocols/{protocol.Id}", provider));
    }
}

internal sealed record ProtocolDocument(ProtocolView Protocol);

internal sealed record ProtocolList(IReadOnlyList<ProtocolView> Protocols, ListLinks Links);

internal sealed record MappingView(string Id, JsonElement Rules, string SchemaVersion, SelfLink Links)
{
    public static MappingView Of(HttpRequest request, IdentityUrls urls, Mapping mapping) =>
        new(
            mapping.Id,
            JsonElement.Parse(mapping.Rules),
            mapping.SchemaVersion,
            new(urls.Of(request, $"OS-FEDERATION/mappings/{mapping.Id}"))
        );
}

internal sealed record MappingDocument(MappingView Mapping);

internal sealed record MappingList(IReadOnlyList<MappingView> Mappings, ListLinks Links);
