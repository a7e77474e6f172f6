using Pipeline.Compute.Orchestrations;

namespace Pipeline.Compute.Servers.Actions;

internal sealed class StartServerAction(ServerOperations operations) : IServerAction
{
    public string Key => "os-start";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        await operations.BeginAsync(
            id,
            caller,
            requestId,
            new("start", "os_compute_api:servers:start"),
            server =>
                server is { VmState: "stopped", TaskState: null, HostId: { } host }
                    ? (server with { TaskState = "powering-on" }, new StartServer(id, host, requestId.Value))
                    : throw ServerOperations.WrongState(server, "start")
        );
        return Answer.Empty(202);
    }
}

internal sealed class StopServerAction(ServerOperations operations) : IServerAction
{
    public string Key => "os-stop";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        await operations.BeginAsync(
            id,
            caller,
            requestId,
            new("stop", "os_compute_api:servers:stop"),
            server =>
                server is { VmState: "active" or "error", TaskState: null, HostId: { } host }
                    ? (server with { TaskState = "powering-off" }, new StopServer(id, host, requestId.Value))
                    : throw ServerOperations.WrongState(server, "stop")
        );
        return Answer.Empty(202);
    }
}

/// <summary>SOFT asks the guest, HARD pulls the plug; a hard one also brings back a server that is off or in error.</summary>
internal sealed class RebootServerAction(ServerOperations operations) : IServerAction
{
    public string Key => "reboot";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var hard = argument.Object().String("type", 1).ToUpperInvariant() switch
        {
            "HARD" => true,
            "SOFT" => false,
            _ => throw argument.Wrong("must have a type of HARD or SOFT"),
        };
        await operations.BeginAsync(
            id,
            caller,
            requestId,
            new("reboot", "os_compute_api:servers:reboot"),
            server =>
                Fits(server, hard) && server.HostId is { } host
                    ? (Rebooting(server, hard), new RebootServer(id, host, requestId.Value, hard))
                    : throw ServerOperations.WrongState(server, "reboot")
        );
        return Answer.Empty(202);
    }

    private static bool Fits(Server server, bool hard) =>
        server.TaskState is null && (server.VmState == "active" || (hard && server.VmState is "stopped" or "error"));

    private static Server Rebooting(Server server, bool hard) =>
        server with
        {
            Status = hard ? ServerStatus.HardReboot : ServerStatus.Reboot,
            TaskState = hard ? "rebooting_hard" : "rebooting",
        };
}
