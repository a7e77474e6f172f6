using System.Buffers.Text;
using System.Text;

namespace Pipeline.Runtime.Storage;

/// <summary>The queue service's message documents.</summary>
internal static class QueueXml
{
    public static byte[] Write(ReadOnlySpan<byte> body)
    {
        var before = "<QueueMessage><MessageText>"u8;
        var after = "</MessageText></QueueMessage>"u8;
        var xml = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(body.Length) + after.Length];
        before.CopyTo(xml);
        Base64.EncodeToUtf8(body, xml.AsSpan(before.Length), out _, out var written);
        after.CopyTo(xml.AsSpan(before.Length + written));
        return xml;
    }

    public static List<QueueMessage> ReadMessages(byte[] xml) =>
        [
            .. Read(xml)
                .Select(fields => new QueueMessage(
                    fields["MessageId"],
                    fields["PopReceipt"],
                    Body(fields["MessageText"]),
                    long.Parse(fields["DequeueCount"]),
                    StorageXml.Time(fields["InsertionTime"]),
                    StorageXml.Time(fields["TimeNextVisible"])
                )),
        ];

    public static List<PeekedMessage> ReadPeeked(byte[] xml) =>
        [
            .. Read(xml)
                .Select(fields => new PeekedMessage(
                    fields["MessageId"],
                    Body(fields["MessageText"]),
                    long.Parse(fields["DequeueCount"]),
                    StorageXml.Time(fields["InsertionTime"])
                )),
        ];

    private static IEnumerable<Dictionary<string, string>> Read(byte[] xml)
    {
        var fields = new Dictionary<string, string>();
        foreach (var (element, text) in StorageXml.Leaves(xml))
            if (text is not null)
                fields[element] = text;
            else if (element == "QueueMessage")
            {
                yield return fields;
                fields = [];
            }
    }

    /// <summary>A text that is not base64 was put there by somebody else: it comes as it is, so that its reader refuses it, not the batch.</summary>
    private static byte[] Body(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? bytes[..length]
            : Encoding.UTF8.GetBytes(text);
    }
}
