namespace Pipeline.Contracts;

/// <summary>The closed set of ways a request or a step can fail; `Http/Faults.cs` alone knows their status numbers.</summary>
public enum FaultCode
{
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    Gone,
    PreconditionFailed,
    NotAllowed,
    NotAcceptable,
    Conflict,
    TooLarge,
    UnsupportedMedia,
    QuotaExceeded,
    RateLimited,
    NoValidHost,
    DriverFailed,
    DiskFull,
    Timeout,
    Cancelled,
    Superseded,
    Unavailable,
    Internal,
}

/// <summary>
/// The one exception of the product: a code, a message its tenant can act on, and a service's own type word
/// (Neutron names its faults). Never carries a secret.
/// </summary>
public sealed class Fault(FaultCode code, string message, string? type = null, Exception? cause = null)
    : Exception(message, cause)
{
    public FaultCode Code { get; } = code;

    public string? Type { get; } = type;

    public FaultDetails Details => new(Code, Message, Type);

    public static Fault BadRequest(string message) => new(FaultCode.BadRequest, message);

    public static Fault NotFound(string message, string? type = null) => new(FaultCode.NotFound, message, type);

    public static Fault Conflict(string message, string? type = null) => new(FaultCode.Conflict, message, type);

    public static Fault Forbidden(string message) => new(FaultCode.Forbidden, message);

    public static Fault From(FaultDetails details) => new(details.Code, details.Message, details.Type);
}

/// <summary>A fault as data, as it stands in histories, answers of hosts and server rows.</summary>
public sealed record FaultDetails(FaultCode Code, string Message, string? Type = null);
