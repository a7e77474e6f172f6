using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Pipeline.Runtime.Http;

internal readonly record struct FaultBody(int Status, string Message, string? Type, FaultCode Code, RequestId RequestId)
{
    /// <summary>Seconds; null where trying again is of no use.</summary>
    public string? RetryAfter { get; init; }

    public string Title => ReasonPhrases.GetReasonPhrase(Status);
}

/// <summary>The envelopes: what clients of each API parse.</summary>
internal static class FaultBodies
{
    public static void Write(Utf8JsonWriter json, FaultStyle style, FaultBody fault)
    {
        json.WriteStartObject();
        switch (style)
        {
            case FaultStyle.Keyed:
                Keyed(json, fault);
                break;
            case FaultStyle.Keystone:
                Keystone(json, fault);
                break;
            case FaultStyle.Glance:
                Glance(json, fault);
                break;
            case FaultStyle.Neutron:
                Neutron(json, fault);
                break;
            case FaultStyle.Placement:
                Placement(json, fault);
                break;
            default:
                Ours(json, fault);
                break;
        }
        json.WriteEndObject();
    }

    private static void Keyed(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteStartObject(KeyOf(fault.Status));
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", fault.Message);
        if (fault.Code == FaultCode.RateLimited)
            json.WriteString("retryAfter", fault.RetryAfter);
        json.WriteEndObject();
    }

    private static void Keystone(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        json.WriteString("title", fault.Title);
        json.WriteString("message", fault.Message);
        json.WriteEndObject();
    }

    private static void Glance(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteString("message", fault.Message);
        json.WriteString("code", $"{fault.Status} {fault.Title}");
        json.WriteString("title", fault.Title);
    }

    private static void Neutron(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteStartObject("NeutronError");
        json.WriteString("type", fault.Type ?? NeutronType(fault));
        json.WriteString("message", fault.Message);
        json.WriteString("detail", "");
        json.WriteEndObject();
    }

    private static void Placement(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteNumber("status", fault.Status);
        json.WriteString("title", fault.Title);
        json.WriteString("detail", fault.Message);
        json.WriteString("request_id", fault.RequestId.Value);
        json.WriteString("code", fault.Type ?? "placement.undefined_code");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Ours(Utf8JsonWriter json, FaultBody fault)
    {
        json.WriteStartObject("error");
        json.WriteString("code", fault.Type ?? fault.Code.ToString());
        json.WriteString("message", fault.Message);
        json.WriteString("requestId", fault.RequestId.Value);
        json.WriteEndObject();
    }

    private static string KeyOf(int status) =>
        status switch
        {
            400 => "badRequest",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "itemNotFound",
            405 => "badMethod",
            409 => "conflictingRequest",
            413 or 429 => "overLimit",
            415 => "badMediaType",
            503 => "serviceUnavailable",
            _ => "computeFault",
        };

    private static string NeutronType(FaultBody fault) =>
        fault.Code switch
        {
            FaultCode.BadRequest => "HTTPBadRequest",
            FaultCode.NotFound => "HTTPNotFound",
            FaultCode.Forbidden => "PolicyNotAuthorized",
            FaultCode.NotAllowed => "HTTPMethodNotAllowed",
            FaultCode.PreconditionFailed => "HTTPPreconditionFailed",
            FaultCode.Conflict => "HTTPConflict",
            FaultCode.QuotaExceeded => "OverQuota",
            FaultCode.TooLarge => "HTTPRequestEntityTooLarge",
            FaultCode.RateLimited => "HTTPTooManyRequests",
            FaultCode.Unavailable => "HTTPServiceUnavailable",
            _ => "HTTPInternalServerError",
        };
}
