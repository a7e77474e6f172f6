using Pipeline.Network.Wire;

namespace Pipeline.Network.Tags;

internal static class TagsView
{
    public static Answer Of(IEnumerable<string> tags) =>
        Document.Answer(json =>
        {
            json.WritePropertyName("tags");
            json.WriteTexts(tags);
        });

    public static Fault NotFound(string tag) => Fault.NotFound($"Tag {tag} could not be found.", "TagNotFound");
}
