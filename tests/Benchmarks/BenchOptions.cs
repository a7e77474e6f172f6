namespace Pipeline.Benchmarks;

/// <summary>What infra/bench passes on.</summary>
/// <param name="Names">Beginnings of names; empty for all.</param>
/// <param name="Work">A folder of our own; infra/bench removes it and the clouds in it.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Names, bool Json, bool Write, string Work, int Port)
{
    public static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions([], Json: false, Write: false, Work: "", Port: 7171);
        for (var i = 0; i < args.Length; i++)
            options = args[i] switch
            {
                "--json" => options with { Json = true },
                "--write" => options with { Write = true },
                "--work" => options with { Work = args[++i] },
                "--port" => options with { Port = int.Parse(args[++i]) },
                var name => options with { Names = [.. options.Names, name] },
            };
        return options;
    }
}
