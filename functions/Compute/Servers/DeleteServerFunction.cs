using Pipeline.Compute.Orchestrations;

namespace Pipeline.Compute.Servers;

/// <summary>Sets the intent: a running operation is cancelled and undone, then the delete runs. Asked twice it is one delete.</summary>
internal sealed class DeleteServerFunction(ServerOperations operations)
{
    private const string Rule = "os_compute_api:servers:delete";

    [Function("compute-delete-server"), Policy(Rule, Require.ProjectMember), Answers(204)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "compute/v2.1/servers/{id}")] HttpRequest request,
        ServerId id,
        Caller caller,
        RequestId requestId
    )
    {
        await operations.BeginAsync(
            id,
            caller,
            requestId,
            new("delete", Rule),
            server => (server with { TaskState = "deleting" }, new DeleteServer(id)),
            supersede: true
        );
        return Answer.NoContent();
    }
}
