namespace Pipeline.Functions.Keys;

/// <summary>The keys and what each is good for; never what they are.</summary>
internal sealed class ListKeys(KeyView view)
{
    [Function("keys-list"), Policy("keys:list", Require.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "keys/v1/keys")] HttpRequest request
    ) => Task.FromResult<IResult>(Answer.Written(200, view.Write));
}
