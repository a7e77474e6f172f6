using Pipeline.Data;

namespace Pipeline.Durable.Hub;

/// <summary>The SQL of payloads: written in the commit that refers to them, gone with their instance or its generation.</summary>
internal static class PayloadStore
{
    /// <summary>Of an event that nobody took: it outlives all generations.</summary>
    public const int AllGenerations = int.MaxValue;

    private const int ReadAtOnce = 100;

    /// <summary>The row is locked where it exists, so that nobody deletes it for being old meanwhile.</summary>
    private const string OrKeep = """
        ON CONFLICT (instance_id, hash) DO UPDATE SET generation = excluded.generation
            WHERE payloads.generation < excluded.generation
        """;

    /// <param name="generation">The one that refers to it. Of an instance that begins any will do: it goes with a later one.</param>
    public static async ValueTask SavePayloadAsync(this Tx tx, string instance, int generation, Payload payload)
    {
        if (payload.Hash is not null)
            await tx.ExecuteAsync(
                $"INSERT INTO payloads (instance_id, hash, generation, data) VALUES (@instance, @Hash, @generation, @Data) {OrKeep}",
                new
                {
                    instance,
                    payload.Hash,
                    generation,
                    payload.Data,
                }
            );
    }

    /// <summary>What one instance ends with is another's news, if that one still waits for it.</summary>
    public static async ValueTask SharePayloadAsync(this Tx tx, string owner, string? text, TaskKey call)
    {
        if (Payload.HashOf(text) is { } hash)
            await tx.ExecuteAsync(
                $"""
                INSERT INTO payloads (instance_id, hash, generation, data)
                SELECT i.id, p.hash, i.generation, p.data FROM payloads p
                JOIN instances i ON i.id = @InstanceId AND i.generation = @Generation AND i.completed_at IS NULL
                WHERE p.instance_id = @owner AND p.hash = @hash {OrKeep}
                """,
                new
                {
                    call.InstanceId,
                    call.Generation,
                    owner,
                    hash,
                }
            );
    }

    /// <summary>From now on this generation is the last that refers to them.</summary>
    public static async ValueTask StampPayloadsAsync(
        this Tx tx,
        string instance,
        IEnumerable<string?> texts,
        int generation
    )
    {
        var hashes = texts.Select(Payload.HashOf).OfType<string>().ToList();
        if (hashes.Count > 0)
            await tx.ExecuteAsync(
                "UPDATE payloads SET generation = @generation WHERE instance_id = @instance AND hash IN @hashes",
                new
                {
                    instance,
                    hashes,
                    generation,
                }
            );
    }

    /// <summary>All of its history goes on as that of a new generation.</summary>
    public static async ValueTask KeepPayloadsAsync(this Tx tx, InstanceRow anew) =>
        await tx.ExecuteAsync(
            "UPDATE payloads SET generation = @Generation WHERE instance_id = @Id AND generation < @Generation",
            new { anew.Id, anew.Generation }
        );

    public static async ValueTask DropOldPayloadsAsync(this Tx tx, string instance, int before) =>
        await tx.ExecuteAsync(
            "DELETE FROM payloads WHERE instance_id = @instance AND generation < @before",
            new { instance, before }
        );

    public static async ValueTask DropPayloadsAsync(this Tx tx, string instance) =>
        await tx.ExecuteAsync("DELETE FROM payloads WHERE instance_id = @instance", new { instance });

    /// <summary>A custom status that another has taken the place of.</summary>
    public static async ValueTask DropReplacedAsync(this Tx tx, InstanceRow read, string? customStatus)
    {
        if (
            customStatus is not null
            && Payload.HashOf(read.CustomStatus) is { } hash
            && hash != Payload.HashOf(customStatus)
        )
            await tx.ExecuteAsync(
                "DELETE FROM payloads WHERE instance_id = @Id AND hash = @hash",
                new { read.Id, hash }
            );
    }

    /// <summary>What came for an instance while it was purged.</summary>
    public static async ValueTask ForgetOrphansAsync(this Tx tx) =>
        await tx.ExecuteAsync(
            "DELETE FROM payloads WHERE NOT EXISTS (SELECT 1 FROM instances WHERE id = payloads.instance_id)"
        );

    /// <summary>Of these, those that are there, by their hash.</summary>
    public static async ValueTask ReadPayloadsAsync(
        this Tx tx,
        string instance,
        IEnumerable<string> hashes,
        Action<string, string> found
    )
    {
        foreach (var chunk in hashes.Chunk(ReadAtOnce))
        foreach (
            var row in await tx.ListAsync<PayloadRow>(
                "SELECT hash, data FROM payloads WHERE instance_id = @instance AND hash IN @chunk",
                new { instance, chunk }
            )
        )
            found(row.Hash, row.Data);
    }

    /// <summary>The JSON itself of what a row of this instance holds.</summary>
    /// <exception cref="InvalidOperationException">It is gone, which no sequence of commits brings about.</exception>
    public static async ValueTask<string> TextAsync(this Tx tx, string instance, string text)
    {
        if (Payload.HashOf(text) is not { } hash)
            return text;
        return await tx.ScalarAsync<string>(
                "SELECT data FROM payloads WHERE instance_id = @instance AND hash = @hash",
                new { instance, hash }
            ) ?? throw new InvalidOperationException($"payload {hash} of {instance} is gone");
    }

    private sealed record PayloadRow
    {
        public string Hash { get; init; } = "";
        public string Data { get; init; } = "";
    }
}
