using System.Globalization;
using Pipeline.Runtime.Http;

namespace Pipeline.Runtime;

/// <summary>All routes of the cloud, made once at start from the registered functions.</summary>
public sealed class RouteTable
{
    private readonly List<Route> routes = [];

    internal RouteTable(
        FunctionCompiler compiler,
        IEnumerable<FunctionMethod> functions,
        IEnumerable<Microversions> microversions
    )
    {
        var tables = microversions.ToDictionary(table => table.Api);
        foreach (var function in functions)
            if (function.Trigger is HttpTriggerAttribute trigger)
                routes.AddRange(RoutesOf(compiler, function, trigger, tables));
    }

    internal IReadOnlyList<Route> Routes => routes;

    /// <summary>The whole HTTP surface as text: method, path, policy, requirement, status of success, function.</summary>
    public string Print()
    {
        var lines = routes
            .OrderBy(route => route.Template, StringComparer.Ordinal)
            .ThenBy(route => route.Method, StringComparer.Ordinal)
            .Select(route =>
                $"{route.Method, -6} {"/" + route.Template}  {route.Rule}  {Requirement(route)}  {Status(route)}  {route.Function}\n"
            );
        return string.Concat(lines);
    }

    // Where a rule asks about the target, it says who may.
    private static string Requirement(Route route) =>
        route is { EnforcesItself: true, Require: Require.Token } ? "Rule" : route.Require.ToString();

    private static string Status(Route route) => route.Success?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static IEnumerable<Route> RoutesOf(
        FunctionCompiler compiler,
        FunctionMethod function,
        HttpTriggerAttribute trigger,
        Dictionary<Api, Microversions> tables
    )
    {
        var policy =
            function.Policy
            ?? throw new InvalidOperationException($"{function}: every HTTP function needs a [Policy].");
        var template = trigger.Route.TrimStart('/');
        var names = RouteTemplate.Parameters(function.Name, template);
        var types = function.Parameters.Select(parameter => parameter.ParameterType).ToList();
        var api = Api.Of(template);
        var run = compiler.Compile<Invocation, ValueTask<IResult>>(function, new RouteBinder(names, template).Bind);
        return trigger.Methods.Select(verb => new Route(
            verb.ToUpperInvariant(),
            template,
            function.Name,
            policy.Rule,
            policy.Require,
            api,
            names,
            function.BodyLimit,
            function.Success,
            function.LongLived,
            types.Contains(typeof(Caller)),
            types.Contains(typeof(CancellationToken)),
            run
        )
        {
            EnforcesItself = policy.Check is not null,
            Microversions = tables.GetValueOrDefault(api),
        });
    }
}
