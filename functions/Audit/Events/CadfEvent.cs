using System.Globalization;
using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.Audit.Events;

/// <summary>An event in the words of DMTF's Cloud Auditing Data Federation (DSP0262), as collectors of OpenStack's events read them.</summary>
internal static class CadfEvent
{
    private static readonly (string Word, string Action)[] Actions =
    [
        ("create", "create"),
        ("add", "create"),
        ("upload", "create"),
        ("delete", "delete"),
        ("remove", "delete"),
        ("discard", "delete"),
        ("purge", "delete"),
        ("revoke", "revoke"),
        ("start", "start"),
        ("stop", "stop"),
        ("suspend", "disable"),
        ("terminate", "stop"),
        ("resume", "enable"),
        ("update", "update"),
        ("modify", "update"),
        ("change", "update"),
    ];

    public static void Write(Utf8JsonWriter json, AuditEvent seen, Cloud cloud)
    {
        var (type, id) = seen.TargetParts();
        json.WriteStartObject();
        json.WriteString("typeURI", "http://schemas.dmtf.org/cloud/audit/1.0/event");
        json.WriteString(
            "id",
            string.Create(CultureInfo.InvariantCulture, $"urn:pipeline:{cloud.Id}:audit:{seen.Seq}")
        );
        json.WriteString("eventType", "activity");
        json.WriteString(
            "eventTime",
            seen.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture)
        );
        json.WriteString("action", ActionOf(seen.Rule));
        json.WriteString("outcome", seen.Result == "success" ? "success" : "failure");
        WriteReason(json, seen);
        WriteInitiator(json, seen, cloud);
        WriteResource(json, "target", TypeOf(type), id ?? type);
        WriteResource(json, "observer", "service", cloud.Id);
        WriteChain(json, seen);
        json.WriteEndObject();
    }

    /// <summary>The word of CADF's taxonomy that the last part of a rule's name has; `unknown` is one, too.</summary>
    internal static string ActionOf(string rule)
    {
        var words = rule.Split(':', '_', '-', '.');
        foreach (var (word, action) in Actions)
            if (words.Contains(word))
                return action;
        return "unknown";
    }

    private static string TypeOf(string type) =>
        type switch
        {
            "server" => "compute/machine",
            "flavor" => "compute/machine/flavor",
            "image" => "storage/image",
            "network" or "subnet" or "port" => $"network/{type}",
            "user" => "service/security/account/user",
            "quota" or "instance" or "host" => $"service/{type}",
            _ => $"data/security/{type}",
        };

    private static void WriteReason(Utf8JsonWriter json, AuditEvent seen)
    {
        json.WriteStartObject("reason");
        json.WriteString("policyType", "rule");
        json.WriteString("policyId", seen.Rule);
        if (seen.Result != "success")
        {
            json.WriteString("reasonType", "result");
            json.WriteString("reasonCode", seen.Result);
        }
        json.WriteEndObject();
    }

    private static void WriteInitiator(Utf8JsonWriter json, AuditEvent seen, Cloud cloud)
    {
        json.WriteStartObject("initiator");
        json.WriteString("typeURI", seen.UserId is null ? "service" : "service/security/account/user");
        json.WriteString("id", seen.UserId?.Value ?? cloud.Id);
        if (seen.ProjectId is { } project)
            json.WriteString("project_id", project.Value);
        if (seen.DomainId is { } domain)
            json.WriteString("domain_id", domain.Value);
        json.WriteString("request_id", seen.RequestId);
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, string role, string type, string id)
    {
        json.WriteStartObject(role);
        json.WriteString("typeURI", type);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static void WriteChain(Utf8JsonWriter json, AuditEvent seen)
    {
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("name", "chain");
        json.WriteString("contentType", "application/json");
        json.WriteStartObject("content");
        json.WriteString("name", seen.Chain);
        json.WriteNumber("number", seen.Number ?? 0);
        json.WriteString("previous", seen.Previous);
        json.WriteString("hash", seen.Hash);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
