using Npgsql;
using Pipeline.Contracts;

namespace Pipeline.Data.Postgres;

/// <summary>Whose fault an error is: the decision's, another transaction's, or the server's.</summary>
internal static class PostgresErrors
{
    /// <summary>Two transactions met (serialization failure, deadlock): the loser runs again.</summary>
    public static bool IsRace(Exception e) => e is PostgresException { SqlState: "40001" or "40P01" };

    /// <summary>The connection was lost, or the server is going down: another connection may work.</summary>
    public static bool IsLostConnection(Exception e) =>
        e
            is PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "25P03" }
                or NpgsqlException { IsTransient: true }
                and not PostgresException;

    /// <summary>
    /// No decision's fault: connection, resources, disk, a wait that took too long (for a lock, a statement, or the next
    /// statement of an open transaction).
    /// </summary>
    public static bool IsOfTheServer(Exception e) =>
        e is NpgsqlException and not PostgresException
        || e is PostgresException known
            && (known.SqlState[..2] is "08" or "53" or "57" or "58" || known.SqlState is "55P03" or "25P03" or "25P04");

    public static Fault Unavailable(Exception e) =>
        new(
            FaultCode.Unavailable,
            e is PostgresException { SqlState: "53100" }
                ? "The database's disk is full."
                : "The database cannot be used at present.",
            cause: e
        );
}
