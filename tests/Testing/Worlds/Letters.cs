using System.Text.Json.Serialization;
using Pipeline.Durable;

namespace Pipeline.Testing.Worlds;

/// <summary>Collects numbers that are sent to it, a generation each, until 0 comes: none may be lost on the way, none come twice.</summary>
public sealed record Letters(string Got) : IOrchestration<string>
{
    public const string Instance = "letters";
    public const string Event = "letter";
}

internal sealed class LettersOrchestrator : TaskOrchestrator<Letters, string>
{
    public override TimeSpan Deadline => TimeSpan.FromDays(30);

    public override async Task<string> RunAsync(TaskOrchestrationContext context, Letters input)
    {
        var letter = await context.WaitForExternalEvent<long>(Letters.Event);
        if (letter == 0)
            return input.Got;
        context.ContinueAsNew(new Letters($"{input.Got} {letter}".Trim()));
        return "";
    }
}

[JsonSerializable(typeof(Letters))]
internal sealed partial class WorldJson : JsonSerializerContext;
