using Pipeline.Simulate;
using Pipeline.Testing.Edge;
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
var draw = plant?.Plan ?? WorldPlan.Draw;
var tally = new Tally();
var until = options.Minutes * 60;
var began = MachineTime.Clock.GetTimestamp();
foreach (var seed in options.Seeds())
{
    if (MachineTime.Clock.GetElapsedTime(began).TotalSeconds > until)
        break;
    var plan = draw(seed);
    if (options.With is { } kind && plan.Deeds.All(d => d.Kind != kind))
        continue;
    var report = WorldRun.Run(plan, plant?.Put);
    tally.Add(report);
    if (options.Story)
        Console.WriteLine(string.Join('\n', report.Log));
    if (options.Hashes)
        Console.WriteLine($"seed {seed}: {report.Hash}");
    foreach (var violation in report.Violations)
        Console.WriteLine($"seed {seed}: {violation}");
    if (!report.Holds && options.Shrinks)
        Console.WriteLine(Shrinker.Shrink(report, plant?.Put).Tell());
}
Console.WriteLine(tally);
return tally.Holds ? 0 : 1;
