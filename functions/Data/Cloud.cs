namespace Pipeline.Data;

/// <summary>The cloud's identity: artifacts on hosts carry its id, messages its line of epochs.</summary>
public sealed record Cloud
{
    public string Id { get; init; } = "";

    /// <summary>Changes when the database is restored, so that hosts can tell old orders from new ones.</summary>
    public long Line { get; init; }

    /// <summary>When it was found that the database had been restored; null once an operator has released its sweeps.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Reads the cloud's row, and makes it at the very first start.</summary>
    public static Task<Cloud> EnsureAsync(Database db, Randomness randomness)
    {
        var id = randomness.NewGuid().ToString("N");
        return db.WriteAsync(async tx =>
        {
            await tx.LockAsync("cloud");
            await tx.ExecuteAsync(
                "INSERT INTO cloud (id, line, created_at) SELECT @id, 1, @now WHERE NOT EXISTS (SELECT 1 FROM cloud)",
                new { id }
            );
            return await tx.ReadCloudAsync();
        });
    }
}
