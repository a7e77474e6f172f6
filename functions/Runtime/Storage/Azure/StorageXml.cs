using System.Globalization;
using System.Xml;

namespace Pipeline.Runtime.Storage;

/// <summary>Reading the services' XML answers.</summary>
internal static class StorageXml
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreWhitespace = false, // a blob's name may be made of it
    };

    /// <summary>The text of every leaf in the order met: (element, text), and (element, null) where one ends that has children.</summary>
    public static IEnumerable<(string Element, string? Text)> Leaves(byte[] xml)
    {
        using var reader = XmlReader.Create(new MemoryStream(xml), Settings);
        string? open = null;
        var text = "";
        while (reader.Read())
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.IsEmptyElement:
                    yield return (reader.LocalName, "");
                    break;
                case XmlNodeType.Element:
                    (open, text) = (reader.LocalName, "");
                    break;
                case XmlNodeType.Text
                or XmlNodeType.Whitespace
                or XmlNodeType.SignificantWhitespace
                or XmlNodeType.CDATA:
                    text += reader.Value;
                    break;
                case XmlNodeType.EndElement:
                    yield return (reader.LocalName, open is null ? null : text);
                    open = null;
                    break;
            }
    }

    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
