using Pipeline.Contracts;

namespace Pipeline.Data.Postgres;

/// <summary>Runs again what lost a race with another transaction, or its connection before anything was committed.</summary>
internal sealed class Retries(TimeProvider time, Randomness randomness)
{
    private const int Races = 12;
    private const int Connections = 3;
    private const int FirstWaitMs = 4;
    private const int LongestWaitMs = 500;

    /// <exception cref="Fault">Unavailable when it did not come to an end in so many tries, or the server is to blame.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (PostgresErrors.IsRace(e))
            {
                if (attempt == Races)
                    throw PostgresErrors.Unavailable(e);
            }
            catch (Exception e) when (PostgresErrors.IsLostConnection(e))
            {
                if (attempt >= Connections)
                    throw PostgresErrors.Unavailable(e);
            }
            catch (Exception e) when (PostgresErrors.IsOfTheServer(e))
            {
                throw PostgresErrors.Unavailable(e);
            }
            await Task.Delay(Wait(attempt), time, CancellationToken.None);
        }
    }

    /// <summary>Anywhere up to twice the last one, so that two that met do not meet again.</summary>
    private TimeSpan Wait(int attempt) =>
        TimeSpan.FromMilliseconds(1 + randomness.Next(Math.Min(FirstWaitMs << Math.Min(attempt, 10), LongestWaitMs)));
}
