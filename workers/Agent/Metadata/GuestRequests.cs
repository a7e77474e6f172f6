using System.Net;

namespace Pipeline.Agent.Metadata;

/// <summary>What a guest's request is answered. Who asks is whoever has the address in the network.</summary>
internal sealed class GuestRequests(MetadataFolder folder, GuestPasswords passwords, SessionTokens tokens)
{
    /// <param name="head">Null for what is not HTTP.</param>
    public async Task<byte[]> AnswerAsync(
        NetworkId network,
        IPAddress guest,
        HttpHead? head,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        if (head is null)
            return HttpAnswer.BadRequest;
        var answer = folder.FindServer(network, guest) is { } server
            ? await AnswerAsync(server, head, body, ct)
            : HttpAnswer.NotFound;
        return head.Method == "HEAD" ? HttpAnswer.WithoutBody(answer) : answer;
    }

    private async Task<byte[]> AnswerAsync(
        ServerId server,
        HttpHead head,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        if (head.Path == SessionTokens.Path)
            return tokens.Answer(server, head);
        if (!IsAdmitted(server, head))
            return HttpAnswer.Status("401 Unauthorized");
        if (MetadataTree.IsPassword(head.Path))
            return await AnswerPasswordAsync(server, head, body, ct);
        if (head.Method is not ("GET" or "HEAD"))
            return HttpAnswer.NotAllowed("GET, HEAD");
        return folder.Find(server) is { } documents && MetadataTree.Find(documents, head.Path) is { } content
            ? HttpAnswer.Document(head.Path, content)
            : HttpAnswer.NotFound;
    }

    /// <summary>A token that is shown must be good; whether one must be shown is the operator's to say.</summary>
    private bool IsAdmitted(ServerId server, HttpHead head) =>
        head.Header(SessionTokens.Header) is { } token ? tokens.IsGood(server, token) : !folder.TokensRequired;

    private async Task<byte[]> AnswerPasswordAsync(
        ServerId server,
        HttpHead head,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    ) =>
        head.Method switch
        {
            "GET" or "HEAD" => HttpAnswer.Document(head.Path, passwords.Find(server) ?? []),
            "POST" when !GuestPasswords.IsOne(body.Span) => HttpAnswer.BadRequest,
            "POST" => await passwords.TryKeepAsync(server, body, ct)
                ? HttpAnswer.Text("")
                : HttpAnswer.Status("409 Conflict"),
            _ => HttpAnswer.NotAllowed("GET, HEAD, POST"),
        };
}
