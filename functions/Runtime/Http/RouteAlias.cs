namespace Pipeline.Runtime;

/// <summary>A second name for the routes below a path: `v3` for `identity/v3`. Registered as a singleton by a module.</summary>
/// <param name="Segment">The first segment of paths that go by the alias.</param>
/// <param name="Path">What it stands for, without leading slash.</param>
public sealed record RouteAlias(string Segment, string Path);
