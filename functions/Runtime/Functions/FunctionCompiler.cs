using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Runtime;

/// <summary>
/// Turns a function into one delegate: makes its class from its dependencies, binds its arguments, awaits nothing. All of
/// it is checked here, at start, so that a call cannot fail for a missing registration; compiled is what is called.
/// </summary>
internal sealed class FunctionCompiler(IServiceProvider services)
{
    /// <summary>The code of a function is the same whatever container its dependencies come from.</summary>
    private static readonly ConcurrentDictionary<(MethodInfo, string? Route), Code> Codes = new();
    private static readonly ParameterExpression Container = Expression.Parameter(typeof(IServiceProvider), "services");

    private readonly IServiceProviderIsService known = services.GetRequiredService<IServiceProviderIsService>();

    /// <param name="bind">
    /// The expression that yields an argument from the invocation alone; null when it knows none. It depends on the method and its route only.
    /// </param>
    public Func<TInvocation, TResult> Compile<TInvocation, TResult>(
        FunctionMethod function,
        Func<ParameterInfo, ParameterExpression, Expression?> bind
    )
    {
        var key = (function.Method, (function.Trigger as HttpTriggerAttribute)?.Route);
        if (!Codes.TryGetValue(key, out var code))
            code = Codes.GetOrAdd(key, Write<TInvocation, TResult>(function, bind));
        foreach (var type in code.Dependencies)
            if (!known.IsService(type))
                throw new InvalidOperationException($"{function}: its dependency {type.Name} is not registered.");
        return given => ((Func<IServiceProvider, TInvocation, TResult>)code.Compiled.Value)(services, given);
    }

    private static Code Write<TInvocation, TResult>(
        FunctionMethod function,
        Func<ParameterInfo, ParameterExpression, Expression?> bind
    )
    {
        var invocation = Expression.Parameter(typeof(TInvocation), "invocation");
        var arguments = function.Parameters.Select(parameter =>
            bind(parameter, invocation)
            ?? throw new InvalidOperationException($"{function}: nothing binds its parameter {parameter.Name}.")
        );
        var constructor = ConstructorOf(function);
        var dependencies = Array.ConvertAll(constructor.GetParameters(), parameter => parameter.ParameterType);
        var made = Expression.New(constructor, dependencies.Select(Dependency));
        var body = Result<TResult>(function, Expression.Call(made, function.Method, arguments));
        var lambda = Expression.Lambda<Func<IServiceProvider, TInvocation, TResult>>(body, Container, invocation);
        return new(dependencies, new(lambda.Compile));
    }

    private static ConstructorInfo ConstructorOf(FunctionMethod function) =>
        function.Method.DeclaringType!.GetConstructors(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        ) switch
        {
            [var only] => only,
            _ => throw new InvalidOperationException($"{function}: its class must have one constructor."),
        };

    private static UnaryExpression Dependency(Type type)
    {
        var get = Expression.Call(Container, nameof(IServiceProvider.GetService), null, Expression.Constant(type));
        return Expression.Convert(get, type);
    }

    private static Expression Result<TResult>(FunctionMethod function, MethodCallExpression call)
    {
        if (call.Type == typeof(TResult))
            return call;
        if (typeof(TResult) == typeof(ValueTask<IResult>) && typeof(IResult).IsAssignableFrom(call.Type))
            return Expression.New(typeof(TResult).GetConstructor([typeof(IResult)])!, call);
        return typeof(TResult).GetConstructor([call.Type]) is { } wrap
            ? Expression.New(wrap, call)
            : throw new InvalidOperationException(
                $"{function}: it returns {call.Type.Name}, not {typeof(TResult).Name}."
            );
    }

    /// <summary>Compiled when it is first called.</summary>
    private sealed record Code(Type[] Dependencies, Lazy<Delegate> Compiled);
}
