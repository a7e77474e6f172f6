using System.Text.RegularExpressions;
using Pipeline.Contracts.Network;

namespace Pipeline.Compute.Servers;

/// <summary>The filters of a server list: exact ones, and Nova's regular expressions for name and address.</summary>
internal sealed class ServerFilter
{
    private readonly Regex? name;
    private readonly Regex? ip;
    private readonly Regex? ip6;
    private readonly string? status;
    private readonly string? image;
    private readonly string? flavor;
    private readonly string? host;
    private readonly string? reservation;
    private readonly string? user;
    private readonly string? key;
    private readonly string? zone;
    private readonly DateTimeOffset? changedSince;

    private ServerFilter(Query query, bool isAdmin)
    {
        name = Pattern(query, "name");
        ip = Pattern(query, "ip");
        ip6 = Pattern(query, "ip6");
        status = query["status"]?.ToUpperInvariant();
        image = LastSegment(query["image"]);
        flavor = LastSegment(query["flavor"]);
        reservation = query["reservation_id"];
        user = isAdmin ? query["user_id"] : null;
        key = isAdmin ? query["key_name"] : null;
        zone = isAdmin ? query["availability_zone"] : null;
        host = isAdmin ? query["host"] : null;
        changedSince = query.Time("changes-since");
    }

    public bool NeedsPorts => ip is not null || ip6 is not null;

    /// <summary>A status that is none finds nothing (up to microversion 2.37).</summary>
    public bool IsEmpty => status is not null && !ServerStatus.Known.Contains(status);

    public static ServerFilter Of(HttpRequest request, bool isAdmin) => new(Query.Of(request), isAdmin);

    public bool Passes(Server server, IReadOnlyList<ServerPort> ports) =>
        (name?.IsMatch(server.Name) ?? true)
        && (status is null || status == server.Status)
        && (image is null || image == server.ImageId.ToString())
        && (flavor is null || flavor == server.Spec.Id)
        && (host is null || host == server.HostName)
        && (reservation is null || reservation == server.ReservationId)
        && (user is null || user == server.UserId.Value)
        && (key is null || key == server.KeyName)
        && (zone is null || zone == server.AvailabilityZone)
        && (changedSince is null || server.UpdatedAt >= changedSince)
        && HasAddress(ip, ports, sixth: false)
        && HasAddress(ip6, ports, sixth: true);

    private static bool HasAddress(Regex? pattern, IReadOnlyList<ServerPort> ports, bool sixth) =>
        pattern is null
        || ports.SelectMany(p => p.Addresses).Any(a => a.Address.Contains(':') == sixth && pattern.IsMatch(a.Address));

    private static string? LastSegment(string? reference) => reference?[(reference.LastIndexOf('/') + 1)..];

    /// <summary>Linear in the text, whatever a client writes.</summary>
    private static Regex? Pattern(Query query, string parameter)
    {
        if (query[parameter] is not { Length: > 0 } text)
            return null;
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw query.Wrong(parameter, "it is not a regular expression");
        }
    }
}
