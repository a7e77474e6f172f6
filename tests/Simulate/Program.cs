using Pipeline.Simulate;
using Pipeline.Testing.Worlds;

Options options;
var calls = args is ["--calls", ..];
try
{
    options = Options.Read(calls ? args[1..] : args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"{wrong.Message}\n{Options.Usage}");
    return 2;
}

if (calls)
    return Calls.Run(options);
if (options.Plant == "list")
{
    Console.WriteLine(string.Join('\n', Plant.All));
    return 0;
}
var plant = options.Plant is { } name ? Plant.All.First(p => p.Name.Contains(name)) : null;
var tally = new Crew(options, plant).Run();
Console.WriteLine(tally);
return tally.Holds ? 0 : 1;
