using System.Collections;
using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Pipeline.Data.Postgres;

/// <summary>
/// Takes a statement's parameters from an object's properties of the same names, or from a dictionary; `@now` is the
/// transaction's time. A parameter has its property's type also where it is null, so that one text has one plan.
/// </summary>
internal sealed class PostgresBinder
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, Source>> Properties = new();

    private readonly Type? type;
    private readonly Source?[] sources;

    private PostgresBinder(Type? type, string[] parameters)
    {
        this.type = type;
        sources = Array.ConvertAll(parameters, name => name == "now" ? null : SourceOf(type, name));
    }

    /// <param name="last">What the statement used before; most are always given the same type.</param>
    public static PostgresBinder For(object? args, string[] parameters, PostgresBinder? last) =>
        last is not null && last.type == args?.GetType() ? last : new(args?.GetType(), parameters);

    public void Fill(NpgsqlParameterCollection parameters, object? args, DateTimeOffset now)
    {
        foreach (var source in sources)
            parameters.Add(
                source is null
                    ? new NpgsqlParameter<long> { TypedValue = Time.ToMicroseconds(now) }
                    : Parameter(source.Read(args!), source.Type)
            );
    }

    /// <summary>Of rows of one type, one array for each of these parameters.</summary>
    public static Dictionary<string, object> ColumnsOf(IReadOnlyList<object> rows, string[] parameters)
    {
        var columns = new Dictionary<string, object>();
        foreach (
            var (name, source) in parameters.Where(p => p != "now").Select(p => (p, SourceOf(rows[0].GetType(), p)))
        )
            columns[name] = ColumnType(source.Type) switch
            {
                NpgsqlDbType.Bigint => Array.ConvertAll([.. rows], row => Number(source.Read(row))),
                NpgsqlDbType.Integer => Array.ConvertAll([.. rows], row => (int?)source.Read(row)),
                NpgsqlDbType.Text => Array.ConvertAll([.. rows], row => source.Read(row)?.ToString()),
                var other => throw new NotSupportedException($"a list of rows has no column of {other}"),
            };
        return columns;
    }

    private static Source SourceOf(Type? type, string name)
    {
        if (type is not null && type.IsAssignableTo(typeof(IReadOnlyDictionary<string, object>)))
            return new(args => ((IReadOnlyDictionary<string, object>)args)[name], typeof(object));
        return type is not null && Properties.GetOrAdd(type, PropertiesOf).TryGetValue(name, out var source)
            ? source
            : throw new ArgumentException($"nothing is given for the parameter '{name}'", nameof(name));
    }

    private static Dictionary<string, Source> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .ToDictionary(p => p.Name, p => new Source(Reader(type, p), p.PropertyType));

    private static Func<object, object?> Reader(Type type, PropertyInfo property)
    {
        var args = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(args, type), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), args).Compile();
    }

    /// <summary>As <see cref="Columns"/> has it.</summary>
    private static NpgsqlParameter Parameter(object? value, Type declared) =>
        value switch
        {
            null or DBNull => Null(declared),
            string text => new NpgsqlParameter<string> { TypedValue = text },
            long number => new NpgsqlParameter<long> { TypedValue = number },
            int number => new NpgsqlParameter<int> { TypedValue = number },
            bool flag => new NpgsqlParameter<long> { TypedValue = flag ? 1L : 0L },
            DateTimeOffset time => new NpgsqlParameter<long> { TypedValue = Time.ToMicroseconds(time) },
            double number => new NpgsqlParameter<double> { TypedValue = number },
            byte[] data => new NpgsqlParameter<byte[]> { TypedValue = data },
            IEnumerable list => new NpgsqlParameter { Value = ArrayOf(list) },
            _ => new NpgsqlParameter<string> { TypedValue = TextOf(value) },
        };

    private static NpgsqlParameter Null(Type declared) =>
        ColumnType(declared) is { } known
            ? new() { Value = DBNull.Value, NpgsqlDbType = known }
            : new() { Value = DBNull.Value };

    /// <summary>Null where the server is to say what it takes.</summary>
    private static NpgsqlDbType? ColumnType(Type declared)
    {
        var plain = Nullable.GetUnderlyingType(declared) ?? declared;
        return plain == typeof(string) || SqlMapper.HasTypeHandler(plain) && plain.IsValueType && !IsNumber(plain)
                ? NpgsqlDbType.Text
            : IsNumber(plain) ? NpgsqlDbType.Bigint
            : plain == typeof(int) ? NpgsqlDbType.Integer
            : plain == typeof(double) ? NpgsqlDbType.Double
            : plain == typeof(byte[]) ? NpgsqlDbType.Bytea
            : null;
    }

    private static bool IsNumber(Type type) =>
        type == typeof(long) || type == typeof(bool) || type == typeof(DateTimeOffset);

    private static long? Number(object? value) =>
        value switch
        {
            null => null,
            long number => number,
            bool flag => flag ? 1 : 0,
            DateTimeOffset time => Time.ToMicroseconds(time),
            _ => throw new NotSupportedException($"no number is a {value.GetType().Name}"),
        };

    private static Array ArrayOf(IEnumerable list) =>
        list switch
        {
            long?[] or int?[] or string?[] => (Array)list,
            IEnumerable<string> texts => texts.ToArray(),
            IEnumerable<long> numbers => numbers.ToArray(),
            IEnumerable<int> numbers => numbers.ToArray(),
            _ => list.Cast<object>().Select(TextOf).ToArray(),
        };

    private static string TextOf(object value) =>
        value is string text ? text
        : SqlMapper.HasTypeHandler(value.GetType()) ? value.ToString()!
        : throw new NotSupportedException($"no column holds a {value.GetType().Name}");

    private sealed record Source(Func<object, object?> Read, Type Type);
}
