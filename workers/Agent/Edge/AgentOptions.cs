namespace Pipeline.Agent.Edge;

/// <summary>The agent's command line.</summary>
/// <param name="Data">The agent's folder: keys, journal, images, disks, guests, networks.</param>
/// <param name="Url">The functions host's public URL.</param>
/// <param name="Fake">True runs drivers without metal, for laptops and load tests; needs no root.</param>
/// <param name="TokenFile">A file with a one-time join token; needed until the host has joined.</param>
internal sealed record AgentOptions(string Data, Uri Url, string Name, bool Fake, string? TokenFile)
{
    public const string Usage = """
        usage: Pipeline.Agent --data DIR --url URL [--name NAME] [--token-file FILE] [--fake]
               Pipeline.Agent metadata --data DIR

          --data DIR         the agent's folder: keys, journal, images, disks, guests
          --url URL          the functions host, as http://127.0.0.1:7071 (TLS is needed on anything but loopback)
          --name NAME        the host's name; the machine's by default
          --token-file FILE  a one-time join token (infra/join makes one); needed until the host has joined
          --fake             drivers without metal; needs no root
        """;

    /// <exception cref="Fault">BadRequest: An option is unknown, or one that is needed is missing.</exception>
    public static AgentOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>();
        var fake = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--fake")
                fake = true;
            else if (args[i] is "--data" or "--url" or "--name" or "--token-file" && i + 1 < args.Length)
                values[args[i]] = args[++i];
            else
                throw Fault.BadRequest($"'{args[i]}' is not understood");
        }
        var url = new Uri(values.GetValueOrDefault("--url") ?? throw Fault.BadRequest("--url is needed"));
        if (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback)
            throw Fault.BadRequest($"{url} is neither https nor loopback: an agent speaks TLS to another machine");
        var data = values.GetValueOrDefault("--data") ?? throw Fault.BadRequest("--data is needed");
        var name = values.GetValueOrDefault("--name") ?? Environment.MachineName;
        return new(Path.GetFullPath(data), url, name, fake, values.GetValueOrDefault("--token-file"));
    }
}
