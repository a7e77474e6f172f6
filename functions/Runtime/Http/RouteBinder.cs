using System.Linq.Expressions;
using System.Reflection;

namespace Pipeline.Runtime.Http;

/// <summary>
/// Binds an HTTP function's parameters: by type what the pipeline knows, by name what stands in the path (a bool is whether it
/// does). What its route does not have is its default value, and a record of such parameters is made by its constructor.
/// </summary>
internal sealed class RouteBinder(IReadOnlyList<string> parameters, string template)
{
    private readonly string[] segments = template.Split('/');

    public Expression? Bind(ParameterInfo parameter, ParameterExpression invocation)
    {
        if (Known(parameter.ParameterType) is { } property)
            return Expression.Property(invocation, property);
        if (parameter.IsDefined(typeof(AsParametersAttribute)))
            return Made(parameter.ParameterType, invocation);
        if (parameter.ParameterType == typeof(bool) && segments.Any(segment => Names.Same(segment, parameter.Name!)))
            return Expression.Constant(true);
        for (var i = 0; i < parameters.Count; i++)
            if (Names.Same(parameters[i], parameter.Name!))
                return InPath(parameter.ParameterType, invocation, i);
        return parameter.HasDefaultValue ? Expression.Constant(parameter.DefaultValue, parameter.ParameterType) : null;
    }

    private NewExpression? Made(Type type, ParameterExpression invocation)
    {
        var constructor = type.GetConstructors()[0];
        var arguments = constructor.GetParameters().Select(parameter => Bind(parameter, invocation)).ToList();
        return arguments.Contains(null) ? null : Expression.New(constructor, arguments!);
    }

    private static string? Known(Type type) =>
        type switch
        {
            _ when type == typeof(HttpRequest) => nameof(Invocation.Request),
            _ when type == typeof(Caller) => nameof(Invocation.Caller),
            _ when type == typeof(Microversion) => nameof(Invocation.Microversion),
            _ when type == typeof(RequestId) => nameof(Invocation.RequestId),
            _ when type == typeof(CancellationToken) => nameof(Invocation.Cancelled),
            _ => null,
        };

    private static MethodCallExpression? InPath(Type type, ParameterExpression invocation, int index)
    {
        var position = Expression.Constant(index);
        if (type == typeof(string))
            return Expression.Call(invocation, nameof(Invocation.Text), null, position);
        if (type == typeof(int))
            return Expression.Call(invocation, nameof(Invocation.Int), null, position);
        if (type == typeof(long))
            return Expression.Call(invocation, nameof(Invocation.Long), null, position);
        var typedId = type.GetInterfaces()
            .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IId<>));
        return typedId ? Expression.Call(invocation, nameof(Invocation.Id), [type], position) : null;
    }
}
