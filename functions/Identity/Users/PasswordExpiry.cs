namespace Pipeline.Identity.Users;

/// <summary>The filter `password_expires_at={operator}:{timestamp}` of lists of users; a password that never expires fits none.</summary>
/// <param name="Sign">As SQL writes it.</param>
internal sealed record PasswordExpiry(string Sign, DateTimeOffset At)
{
    private const string Key = "password_expires_at";

    /// <summary>Null where nothing is asked; a time alone must be met exactly.</summary>
    /// <exception cref="Fault">BadRequest for another operator, or what is no time.</exception>
    public static PasswordExpiry? Of(Query query)
    {
        if (query[Key] is not { } text)
            return null;
        var colon = text.IndexOf(':');
        var word = colon > 0 && char.IsAsciiLetter(text[0]) ? text[..colon] : null;
        var sign = word switch
        {
            null or "eq" => "=",
            "neq" => "<>",
            "lt" => "<",
            "lte" => "<=",
            "gt" => ">",
            "gte" => ">=",
            _ => throw query.Wrong(Key, $"'{word}' is not one of lt, lte, gt, gte, eq and neq"),
        };
        return new(sign, query.Time(Key, word is null ? text : text[(colon + 1)..]));
    }

    public bool Fits(DateTimeOffset? end) =>
        Sign switch
        {
            "=" => end == At,
            "<>" => end is not null && end != At,
            "<" => end < At,
            "<=" => end <= At,
            ">" => end > At,
            _ => end >= At,
        };
}
