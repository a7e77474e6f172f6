using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Functions.Keys;

/// <summary>The key ring as operators see it: `seals` one key of each purpose, `settles` one that will, `opens` the others.</summary>
internal sealed class KeyView(KeyRing ring)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in ring.Keys)
        {
            json.WriteStartObject();
            json.WriteString("purpose", key.Purpose);
            json.WriteNumber("id", key.Id);
            json.WriteString("made_at", key.MadeAt.UtcDateTime);
            json.WriteString("seals_from", (key.MadeAt + KeyRing.Settling).UtcDateTime);
            json.WriteString("state", StateOf(key));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string StateOf(RingKey key)
    {
        var sealing = ring.Sealing(key.Purpose);
        return key == sealing ? "seals"
            : key.MadeAt > sealing.MadeAt ? "settles"
            : "opens";
    }
}
