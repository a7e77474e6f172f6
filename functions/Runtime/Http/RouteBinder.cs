using System.Linq.Expressions;
using System.Reflection;

namespace Pipeline.Runtime.Http;

/// <summary>Binds an HTTP function's parameters: by type what the pipeline knows, by name what stands in the path.</summary>
internal sealed class RouteBinder(IReadOnlyList<string> parameters)
{
    public Expression? Bind(ParameterInfo parameter, ParameterExpression invocation)
    {
        var property = Known(parameter.ParameterType);
        if (property is not null)
            return Expression.Property(invocation, property);
        for (var i = 0; i < parameters.Count; i++)
            if (Names.Same(parameters[i], parameter.Name!))
                return InPath(parameter.ParameterType, invocation, i);
        return null;
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
