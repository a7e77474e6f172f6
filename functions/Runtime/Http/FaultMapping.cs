using Microsoft.Extensions.Logging;

namespace Pipeline.Runtime.Http;

/// <summary>Turns whatever was thrown into an answer: a fault in its API's words, a bug into 500 with the request's id.</summary>
internal sealed partial class FaultMapping(PublicUrl publicUrl, ILogger logger)
{
    private const string Bug = "An unexpected error prevented the server from fulfilling your request";

    public Task AnswerAsync(Invocation invocation, Exception exception)
    {
        var context = invocation.Context;
        if (context.RequestAborted.IsCancellationRequested)
        {
            Log.Gone(logger, invocation.RequestId.Value);
            context.Abort(); // what is not an answer must not look like an empty one
            return Task.CompletedTask;
        }
        if (context.Response.HasStarted)
        {
            Log.CutOff(logger, exception, invocation.RequestId.Value);
            context.Abort(); // the client must see that the body is not whole
            return Task.CompletedTask;
        }
        var fault = FaultOf(invocation, exception);
        if (
            fault == exception
            && Faults.StatusOf(fault.Code, invocation.Api) >= StatusCodes.Status500InternalServerError
        )
            Log.Failed(logger, invocation.Route?.Function ?? "-", fault.Message, invocation.RequestId.Value);
        if (fault.Code == FaultCode.Unauthorized)
            context.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{publicUrl.Of(context.Request)}/identity\"";
        return Faults.WriteAsync(invocation, fault);
    }

    private Fault FaultOf(Invocation invocation, Exception exception)
    {
        switch (exception)
        {
            case Fault { Code: not FaultCode.Internal } fault:
                return fault;
            case OperationCanceledException when invocation.Cancelled.IsCancellationRequested:
                return new(FaultCode.Timeout, "The request was not done within the function timeout.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new(FaultCode.TooLarge, "The request body is too large.");
            case BadHttpRequestException bad: // the server's own words on framing and time-outs
                return Fault.BadRequest(bad.Message);
            default:
                Log.Bug(logger, exception, invocation.Route?.Function ?? "-", invocation.RequestId.Value);
                return new(FaultCode.Internal, $"{Bug} ({invocation.RequestId}).");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Function} failed unexpectedly ({RequestId})")]
        public static partial void Bug(ILogger logger, Exception exception, string function, string requestId);

        [LoggerMessage(LogLevel.Warning, "{Function} could not be done: {Reason} ({RequestId})")]
        public static partial void Failed(ILogger logger, string function, string reason, string requestId);

        [LoggerMessage(LogLevel.Warning, "An answer was cut off ({RequestId})")]
        public static partial void CutOff(ILogger logger, Exception exception, string requestId);

        [LoggerMessage(LogLevel.Debug, "The client went away ({RequestId})")]
        public static partial void Gone(ILogger logger, string requestId);
    }
}
