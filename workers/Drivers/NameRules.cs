using System.Net;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers;

/// <summary>How news of names change what is known of them, with every network driver. Pure.</summary>
public static class NameRules
{
    /// <returns>Those that have a name, by their ports.</returns>
    /// <exception cref="Fault">BadRequest for an address that is none.</exception>
    public static IReadOnlyList<HostName> Merge(IReadOnlyList<HostName> known, HostNames news)
    {
        if (news.Ports.SelectMany(port => port.Addresses).FirstOrDefault(text => !IsAddress(text)) is { } wrong)
            throw Fault.BadRequest($"'{wrong}' is not an address");
        var told = news.Ports.Select(port => port.Port).ToHashSet();
        var kept = news.All ? [] : known.Where(port => !told.Contains(port.Port));
        return [.. kept.Concat(news.Ports.Where(port => port.Name is not null)).OrderBy(port => port.Port.Value)];
    }

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out var address) && $"{address}" == text;
}
