namespace Pipeline.Runtime.Http;

internal static class RequestIdHeaders
{
    public static void Write(Invocation invocation)
    {
        var id = invocation.RequestId.Value;
        invocation.Context.TraceIdentifier = id;
        var headers = invocation.Context.Response.Headers;
        headers["X-Openstack-Request-Id"] = id;
        // Clients of Nova and Cinder look an action up by this older header.
        if (invocation.Api.Style == FaultStyle.Keyed)
            headers["x-compute-request-id"] = id;
    }
}
