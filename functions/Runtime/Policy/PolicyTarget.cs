namespace Pipeline.Runtime;

/// <summary>What an action is about, as check strings name it: `target.user.domain_id`. A null value is a value, None.</summary>
public readonly struct PolicyTarget(params (string Key, string? Value)[] attributes)
{
    private readonly (string Key, string? Value)[]? attributes = attributes;

    public static PolicyTarget None => default;

    public bool TryGet(string key, out string? value)
    {
        foreach (var (name, found) in attributes ?? [])
            if (name == key)
            {
                value = found;
                return true;
            }
        value = null;
        return false;
    }
}
