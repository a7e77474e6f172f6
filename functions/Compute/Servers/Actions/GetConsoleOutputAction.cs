using System.Text.Json;
using Pipeline.Contracts.Compute;
using Pipeline.Data;
using Pipeline.Runtime.Agents;

namespace Pipeline.Compute.Servers.Actions;

/// <summary>The last lines of the serial console, asked of the guest's host while the client waits.</summary>
internal sealed class GetConsoleOutputAction(Database db, HostConnections hosts) : IServerAction
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public string Key => "os-getConsoleOutput";

    public async Task<IResult> RunAsync(
        ServerId id,
        Field argument,
        Caller caller,
        RequestId requestId,
        CancellationToken ct
    )
    {
        var options = argument.IsNull ? (Fields?)null : argument.Object();
        var length = options?.Nullable("length")?.Int(-1, text: true) ?? -1;
        var server = await db.ReadAsync(tx => ServerOperations.FindAsync(tx, id, caller));
        if (server.HostId is not { } host)
            throw Fault.Conflict($"Instance {id} is not ready");
        var ask = JsonSerializer.Serialize(new(id), ContractsJson.Default.ReadConsole);
        var answer = await hosts.AskAsync(host, nameof(ReadConsole), ask, Limit, ct);
        var text = JsonSerializer.Deserialize(answer, ContractsJson.Default.ConsoleText)?.Output ?? "";
        return Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteString("output", length < 0 ? text : Tail(text, length));
                w.WriteEndObject();
            }
        );
    }

    private static string Tail(string text, int lines)
    {
        var at = text.EndsWith('\n') ? text.Length - 1 : text.Length;
        for (var i = 0; i < lines && at > 0; i++)
            at = text.LastIndexOf('\n', at - 1);
        return lines == 0
            ? ""
            : text[
                (
                    at < 0 ? 0
                    : at == 0 ? 0
                    : at + 1
                )..
            ];
    }
}
