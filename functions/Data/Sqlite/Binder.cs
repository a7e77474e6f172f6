using System.Collections;
using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Dapper;

namespace Pipeline.Data.Sqlite;

/// <summary>
/// Takes a statement's parameters from an object's properties of the same names, or from a dictionary; `@now` is the
/// transaction's time. A list is bound as one JSON array, so that a statement has one text however long the list.
/// </summary>
internal sealed class Binder
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, Func<object, object?>>> Properties = new();

    private readonly Type? type;
    private readonly Func<object, object?>?[] sources;

    private Binder(Type? type, string[] parameters)
    {
        this.type = type;
        sources = Array.ConvertAll(parameters, name => name == "now" ? null : Source(type, name));
    }

    /// <param name="last">What the statement used before; most are always given the same type.</param>
    public static Binder For(object? args, string[] parameters, Binder? last) =>
        last is not null && last.type == args?.GetType() ? last : new(args?.GetType(), parameters);

    public void Fill(Statement statement, object? args, DateTimeOffset now)
    {
        for (var i = 0; i < sources.Length; i++)
            if (sources[i] is { } source)
                Bind(statement, i, source(args!));
            else
                statement.Bind(i, Time.ToMicroseconds(now));
    }

    private static Func<object, object?> Source(Type? type, string name)
    {
        if (type is not null && type.IsAssignableTo(typeof(IReadOnlyDictionary<string, object>)))
            return args => ((IReadOnlyDictionary<string, object>)args)[name];
        return type is not null && Properties.GetOrAdd(type, PropertiesOf).TryGetValue(name, out var source)
            ? source
            : throw new ArgumentException($"nothing is given for the parameter '{name}'", nameof(name));
    }

    private static Dictionary<string, Func<object, object?>> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .ToDictionary(p => p.Name, p => Reader(type, p));

    private static Func<object, object?> Reader(Type type, PropertyInfo property)
    {
        var args = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(args, type), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), args).Compile();
    }

    /// <summary>As <see cref="Columns"/> has it.</summary>
    private static void Bind(Statement statement, int parameter, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                statement.BindNull(parameter);
                break;
            case string text:
                statement.Bind(parameter, text);
                break;
            case long number:
                statement.Bind(parameter, number);
                break;
            case int number:
                statement.Bind(parameter, number);
                break;
            case bool flag:
                statement.Bind(parameter, flag ? 1L : 0L);
                break;
            case DateTimeOffset time:
                statement.Bind(parameter, Time.ToMicroseconds(time));
                break;
            case double number:
                statement.Bind(parameter, number);
                break;
            case byte[] data:
                statement.Bind(parameter, data);
                break;
            case IEnumerable list:
                statement.Bind(parameter, ArrayOf(list));
                break;
            default:
                statement.Bind(parameter, TextOf(value));
                break;
        }
    }

    private static string TextOf(object value) =>
        SqlMapper.HasTypeHandler(value.GetType())
            ? value.ToString()!
            : throw new NotSupportedException($"no column holds a {value.GetType().Name}");

    private static string ArrayOf(IEnumerable list)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var item in list)
                if (item is string text)
                    json.WriteStringValue(text);
                else if (item is long or int)
                    json.WriteNumberValue(Convert.ToInt64(item, null));
                else
                    json.WriteStringValue(TextOf(item));
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
