using System.Net;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>The one place that turns the storage services' answers into faults; a fault's type is the service's error code.</summary>
internal static class StorageFault
{
    public static Fault From(string what, HttpResponseMessage answer)
    {
        var error = StorageAnswer.HeaderOf(answer, "x-ms-error-code");
        return new Fault(
            CodeOf(answer.StatusCode, error),
            $"{what}: {(int)answer.StatusCode} {error}".TrimEnd(),
            error
        );
    }

    public static Fault Unreachable(string what, Exception cause) =>
        new(FaultCode.Unavailable, $"{what}: the storage service could not be reached.", cause: cause);

    public static Fault TimedOut(string what, TimeSpan bound) =>
        new(FaultCode.Unavailable, $"{what}: no answer within {bound.TotalSeconds} s.");

    private static FaultCode CodeOf(HttpStatusCode status, string? error) =>
        error switch
        {
            "PopReceiptMismatch" => FaultCode.Conflict,
            "InvalidBlockList" => FaultCode.Conflict, // another upload to the same name was committed meanwhile
            "QueueBeingDeleted" or "ContainerBeingDeleted" => FaultCode.Unavailable, // the name is free again in half a minute
            "MessageTooLarge" => FaultCode.TooLarge,
            _ => CodeOf((int)status),
        };

    private static FaultCode CodeOf(int status) =>
        status switch
        {
            401 or 403 => FaultCode.Unauthorized,
            404 => FaultCode.NotFound,
            409 or 412 => FaultCode.Conflict,
            413 => FaultCode.TooLarge,
            408 or 429 or >= 500 => FaultCode.Unavailable,
            >= 400 => FaultCode.BadRequest,
            _ => FaultCode.Internal,
        };
}
