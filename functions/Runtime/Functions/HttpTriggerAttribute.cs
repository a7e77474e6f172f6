namespace Pipeline.Runtime;

/// <summary>Azure's function keys are not used: callers are known by their token, see <see cref="PolicyAttribute"/>.</summary>
public enum AuthorizationLevel
{
    Anonymous,
}

/// <summary>
/// Runs a function for HTTP requests; stands on its first parameter, an HttpRequest. There may be several, each a route of its own:
/// a parameter that not all of them have has a default value, which it is given by the others.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class HttpTriggerAttribute(AuthorizationLevel level, params string[] methods) : Attribute
{
    public AuthorizationLevel Level { get; } = level;

    /// <summary>HTTP methods in any case; `get` answers HEAD too.</summary>
    public IReadOnlyList<string> Methods { get; } = methods;

    /// <summary>
    /// The path without leading slash: literals, `{name}`, and `{**rest}` at the end. A route written with a trailing slash
    /// answers with and without it.
    /// </summary>
    public string Route { get; set; } = "";
}
