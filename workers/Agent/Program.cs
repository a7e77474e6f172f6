using Pipeline.Agent.Edge;
using Pipeline.Agent.Metadata;

return args is [MetadataProcess.Mode, .. var rest]
    ? await MetadataProgram.RunAsync(rest)
    : await AgentProgram.RunAsync(args);
