using Pipeline.Benchmarks;
using Pipeline.Benchmarks.Bare;

return args is ["bare", var file, var port]
    ? await BareServer.RunAsync(file, int.Parse(port))
    : await BenchProgram.RunAsync(args);
