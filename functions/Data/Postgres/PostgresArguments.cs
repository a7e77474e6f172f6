using System.Collections;
using System.Data;
using Dapper;
using Npgsql;

namespace Pipeline.Data.Postgres;

/// <summary>Lists become arrays of what their column holds; ids stand as text.</summary>
internal sealed class PostgresArguments(Arguments arguments) : SqlMapper.IDynamicParameters
{
    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        arguments.AddParameters(command, identity);
        foreach (NpgsqlParameter parameter in command.Parameters)
            if (parameter.Value is IEnumerable list and not string)
                parameter.Value = ArrayOf(list);
    }

    private static Array ArrayOf(IEnumerable list) =>
        list switch
        {
            IEnumerable<string> texts => texts.ToArray(),
            IEnumerable<long> numbers => numbers.ToArray(),
            IEnumerable<int> numbers => numbers.ToArray(),
            _ => list.Cast<object>().Select(item => item.ToString()).ToArray(),
        };
}
