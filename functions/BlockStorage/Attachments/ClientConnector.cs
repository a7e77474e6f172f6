using System.Net;
using Pipeline.Contracts.Drivers;

namespace Pipeline.BlockStorage.Attachments;

/// <summary>What a client shows of the host that will reach a volume (os-brick's `connector`).</summary>
/// <param name="Device">Where the client says it will have the volume; null where it does not.</param>
internal sealed record ClientConnector(HostConnector Host, string? Device, bool? IsReadOnly)
{
    /// <summary>Null where a connector names nothing, as in `{}`.</summary>
    /// <exception cref="Fault">BadRequest where it does not say from where the volume is reached.</exception>
    public static ClientConnector? Read(Field? field)
    {
        if (field?.Object() is not { } fields || !fields.Entries().Any())
            return null;
        var ip = fields.Nullable("ip") ?? fields["ip"];
        if (!IPAddress.TryParse(ip.String(1), out var address))
            throw ip.Wrong($"'{ip.String()}' is not an IP address");
        var mode = fields.Nullable("mode")?.Choice(Attachment.ReadWrite, Attachment.ReadOnly);
        var name = fields.Nullable("host")?.String(1) ?? $"{address}";
        return new(
            new(default, name, $"{address}", fields.Nullable("initiator")?.String(1)),
            fields.Nullable("mountpoint")?.String(),
            mode is null ? null : mode == Attachment.ReadOnly
        );
    }
}
