using Pipeline.Durable.Tests.Processes;
using Xunit.Runner.InProc.SystemConsole;

return args is [FunctionsProcess.Argument, .. var rest]
    ? await FunctionsProcess.RunAsync(rest)
    : await ConsoleRunner.Run(args);
