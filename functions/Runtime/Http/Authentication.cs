using Pipeline.Runtime.Policy;

namespace Pipeline.Runtime.Http;

/// <summary>Finds out who asks: by token, or by a host's signature on agents' routes.</summary>
internal sealed class Authentication(ITokens tokens, AuthenticateHost? hosts)
{
    private const string Refusal = "The request you have made requires authentication.";

    public ValueTask RunAsync(Invocation invocation, Route route) =>
        route.Require switch
        {
            Require.Anyone when !route.TakesCaller => ValueTask.CompletedTask,
            Require.Host => ByHostAsync(invocation),
            _ => ByTokenAsync(invocation, required: route.Require != Require.Anyone),
        };

    private async ValueTask ByTokenAsync(Invocation invocation, bool required)
    {
        var header = invocation.Request.Headers["X-Auth-Token"];
        var caller = header is [{ Length: > 0 } token] ? await tokens.AuthenticateAsync(token) : null;
        if (caller is not null && !AccessRuleCheck.Allows(caller, invocation.Route!, invocation.Path))
            throw new Fault(FaultCode.Unauthorized, Refusal);
        if (caller is { BySignature: true } && invocation.Api == Api.Identity)
            throw Fault.Forbidden("EC2 credential tokens cannot be used for authorization.");
        if (caller is not null)
            invocation.Caller = caller;
        else if (required)
            throw new Fault(FaultCode.Unauthorized, Refusal);
    }

    private async ValueTask ByHostAsync(Invocation invocation)
    {
        var host = hosts is null ? null : await hosts(invocation.Request, invocation.Cancelled);
        invocation.Caller = host is { } id
            ? Caller.Anonymous with
            {
                Host = id,
                UserName = $"host-{id}",
            }
            : throw new Fault(FaultCode.Unauthorized, Refusal);
    }
}
