using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Runtime.Storage;

namespace Pipeline.Runtime.Queues;

internal sealed record QueueCall(QueueMessage Message, CancellationToken Cancelled)
{
    public byte[] Bytes => Message.Body.ToArray();

    public string Text => Encoding.UTF8.GetString(Message.Body.Span);

    public T Json<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Message.Body.Span, type)!;
}

/// <summary>A function with a queue, ready to run.</summary>
/// <param name="Queues">The account that its connection names.</param>
internal sealed record QueueFunction(string Name, string Queue, IQueues Queues, Func<QueueCall, Task> Run)
{
    /// <exception cref="InvalidOperationException">Its account or its message's JSON type is not registered.</exception>
    public static QueueFunction Of(FunctionCompiler compiler, FunctionMethod function, IServiceProvider services)
    {
        var trigger = (QueueTriggerAttribute)function.Trigger;
        var name = TriggerText.Resolve(function, trigger.QueueName, FunctionsRuntime.SettingsOf(services));
        var json = JsonOf(function, services); // also where the code is known from another container
        var run = compiler.Compile<QueueCall, Task>(function, (parameter, call) => Bind(parameter, call, json));
        return new(function.Name, StorageName.Queue(name), Account(function, trigger.Connection, services), run);
    }

    // The account of `AzureWebJobsStorage` is the one registered without a key.
    private static IQueues Account(FunctionMethod function, string connection, IServiceProvider services) =>
        services.GetKeyedService<IQueues>(connection)
        ?? (connection == "AzureWebJobsStorage" ? services.GetService<IQueues>() : null)
        ?? throw new InvalidOperationException(
            $"{function}: no queues are registered for the connection {connection}."
        );

    private static Expression? Bind(ParameterInfo parameter, ParameterExpression call, JsonTypeInfo? json)
    {
        var type = parameter.ParameterType;
        var message = Expression.Property(call, nameof(QueueCall.Message));
        if (type == typeof(CancellationToken))
            return Expression.Property(call, nameof(QueueCall.Cancelled));
        if (type == typeof(QueueMessage))
            return message;
        if (parameter.Position > 0)
            return null;
        if (type == typeof(byte[]))
            return Expression.Property(call, nameof(QueueCall.Bytes));
        if (type == typeof(ReadOnlyMemory<byte>))
            return Expression.Property(message, nameof(QueueMessage.Body));
        if (type == typeof(string))
            return Expression.Property(call, nameof(QueueCall.Text));
        return Expression.Call(call, nameof(QueueCall.Json), [type], Expression.Constant(json));
    }

    private static bool IsRaw(Type type) =>
        type == typeof(CancellationToken)
        || type == typeof(QueueMessage)
        || type == typeof(byte[])
        || type == typeof(ReadOnlyMemory<byte>)
        || type == typeof(string);

    /// <summary>How its message is read; null where it takes the message as it is.</summary>
    private static JsonTypeInfo? JsonOf(FunctionMethod function, IServiceProvider services) =>
        function.Parameters is not [{ ParameterType: var type }, ..] || IsRaw(type)
            ? null
            : services
                .GetServices<JsonSerializerContext>()
                .Select(context => context.GetTypeInfo(type))
                .FirstOrDefault(info => info is not null)
                ?? throw new InvalidOperationException(
                    $"{function}: no registered JsonSerializerContext knows {type.Name}."
                );
}
