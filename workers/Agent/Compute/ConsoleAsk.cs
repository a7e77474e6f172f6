using System.Text.Json;
using Pipeline.Contracts.Compute;
using Pipeline.Contracts.Drivers;
using Pipeline.Contracts.Hosts;

namespace Pipeline.Agent.Compute;

/// <summary>Answers the questions that come down the connection.</summary>
internal sealed class ConsoleAsk(IHypervisorDriver hypervisor)
{
    public async Task<AskAnswer> AnswerAsync(HostSignal ask, CancellationToken ct)
    {
        if (ask.Name != nameof(ReadConsole))
            return new(null, new(FaultCode.Unavailable, $"this host's agent does not know the question '{ask.Name}'"));
        try
        {
            var wanted = JsonSerializer.Deserialize(ask.Body ?? "{}", ContractsJson.Default.ReadConsole);
            var text = await hypervisor.ReadConsoleAsync(wanted!.ServerId, ct);
            return new(JsonSerializer.Serialize(new(text), ContractsJson.Default.ConsoleText), null);
        }
        catch (Fault fault)
        {
            return new(null, fault.Details);
        }
    }
}
