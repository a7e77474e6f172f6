namespace Pipeline.Runtime.Http;

/// <summary>The only place that knows status numbers: a fault's code to each API's status and envelope.</summary>
internal static class Faults
{
    /// <summary>Seconds after which a client may try again, where nobody knows better.</summary>
    private const string RetryAfter = "1";

    public static int StatusOf(FaultCode code, Api api) =>
        code switch
        {
            FaultCode.BadRequest or FaultCode.NoValidHost => 400,
            FaultCode.Unauthorized => 401,
            FaultCode.Forbidden => 403,
            FaultCode.NotFound => 404,
            FaultCode.Gone => 410,
            FaultCode.NotAllowed => 405,
            FaultCode.PreconditionFailed => 412,
            FaultCode.NotAcceptable => 406,
            FaultCode.Conflict or FaultCode.Cancelled or FaultCode.Superseded => 409,
            FaultCode.TooLarge => 413,
            FaultCode.UnsupportedMedia => 415,
            FaultCode.RateLimited => 429,
            FaultCode.QuotaExceeded => QuotaStatus(api),
            FaultCode.DiskFull => api == Api.Image ? 413 : 503,
            FaultCode.Unavailable => 503,
            FaultCode.Timeout => 504,
            _ => 500,
        };

    /// <summary>Writes the fault in the API's own words. The answer must not have started.</summary>
    public static Task WriteAsync(Invocation invocation, Fault fault)
    {
        var api = invocation.Api;
        var status = StatusOf(fault.Code, api);
        var headers = invocation.Context.Response.Headers;
        if (status is 429 or 503 && headers.RetryAfter.Count == 0)
            headers.RetryAfter = RetryAfter;
        var buffer = JsonBuffer.Take();
        // A refused token is always Keystone's to explain: the other APIs only stand behind it.
        var style = status == StatusCodes.Status401Unauthorized ? FaultStyle.Keystone : api.Style;
        FaultBodies.Write(
            buffer.Writer,
            style,
            new(status, fault.Message, fault.Type, fault.Code, invocation.RequestId) { RetryAfter = headers.RetryAfter }
        );
        return buffer.SendAsync(invocation.Context, status);
    }

    private static int QuotaStatus(Api api) =>
        api.Name switch
        {
            "network" => 409,
            "volume" or "image" => 413,
            _ => 403,
        };
}
