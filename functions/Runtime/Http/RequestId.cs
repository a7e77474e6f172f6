namespace Pipeline.Runtime;

/// <summary>A request's id, `req-{uuid}`: in its answer, its logs, and at the end of the orchestrations it starts.</summary>
public readonly record struct RequestId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Draws request ids from the injected randomness.</summary>
public sealed class RequestIds(Func<Guid> next)
{
    public RequestId Next() =>
        new(
            string.Create(
                40,
                next(),
                static (text, id) =>
                {
                    "req-".CopyTo(text);
                    id.TryFormat(text[4..], out _, "D");
                }
            )
        );
}
