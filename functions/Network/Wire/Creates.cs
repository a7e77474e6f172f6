using System.Text;
using Pipeline.Data;

namespace Pipeline.Network.Wire;

/// <summary>
/// Every create of the network API: one item or many, all or none, and the first answer again for a repeated
/// `Idempotency-Key`.
/// </summary>
internal sealed class Creates(Database db)
{
    /// <param name="read">An item's body, checked and defaulted; pure.</param>
    /// <param name="add">Adds all items in the accepting transaction.</param>
    public async Task<IResult> RunAsync<TNew, TItem>(
        HttpRequest request,
        Caller caller,
        Collection<TItem> collection,
        Func<Fields, TNew> read,
        Func<Tx, IReadOnlyList<TNew>, ValueTask<IReadOnlyList<TItem>>> add
    )
    {
        var body = await request.ReadFieldsAsync(request.HttpContext.RequestAborted);
        var (items, bulk) = body.Created(collection, caller);
        var orders = items.Select(read).ToList();
        var key = IdempotencyKeys.Of(request, caller, body);
        var answer = await db.WriteAsync(async tx =>
        {
            if (await tx.RecallAsync(key) is { } known)
                return Encoding.UTF8.GetBytes(known.Body);
            var added = await add(tx, orders);
            var rendered = bulk
                ? collection.Render(added, [], caller.IsAdmin, [])
                : collection.Render(added[0], [], caller.IsAdmin);
            await tx.RememberAsync(key, 201, Encoding.UTF8.GetString(rendered));
            return rendered;
        });
        return Answer.Bytes(201, answer, Document.Type);
    }
}
