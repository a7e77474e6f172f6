return await Pipeline.Agent.Edge.AgentProgram.RunAsync(args);
