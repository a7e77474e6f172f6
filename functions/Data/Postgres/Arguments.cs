using System.Collections.Concurrent;
using System.Data;
using Dapper;

namespace Pipeline.Data.Postgres;

/// <summary>A statement's arguments: the properties its text names, and `@now` where it asks for it.</summary>
internal sealed class Arguments(object? args, DateTimeOffset now) : SqlMapper.IDynamicParameters
{
    private static readonly ConcurrentDictionary<(string Sql, Type? Type), Binding> Bindings = new();

    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        if (args is IEnumerable<KeyValuePair<string, object>> named)
        {
            // Filters are put together at run time, so their arguments are a dictionary.
            var all = new DynamicParameters(named);
            all.Add("now", now);
            ((SqlMapper.IDynamicParameters)all).AddParameters(command, identity);
            return;
        }
        var binding = Bindings.GetOrAdd((identity.Sql, args?.GetType()), static (key, id) => Bind(key, id), identity);
        if (binding.NamesNow)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "now";
            parameter.DbType = DbType.Int64;
            parameter.Value = Time.ToMicroseconds(now);
            command.Parameters.Add(parameter);
        }
        binding.Fill?.Invoke(command, args!);
    }

    private static Binding Bind((string Sql, Type? Type) key, SqlMapper.Identity identity) =>
        new(
            key.Sql.Contains("@now") || key.Sql.Contains("@clock"),
            key.Type is null
                ? null
                : SqlMapper.CreateParamInfoGenerator(
                    identity.ForDynamicParameters(key.Type),
                    checkForDuplicates: false,
                    removeUnused: true
                )
        );

    private sealed record Binding(bool NamesNow, Action<IDbCommand, object>? Fill);
}
