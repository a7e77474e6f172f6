namespace Pipeline.Runtime.Agents;

/// <summary>What an agent gets to reach its own queue: a URL with a SAS for that queue alone, or null to pull by HTTP.</summary>
public sealed record QueueGrants(Func<string, string?> UrlOf);
