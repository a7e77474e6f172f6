namespace Pipeline.Runtime;

/// <summary>The largest request body in bytes; 0 = unlimited, for uploads, whose stalls are bounded instead.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BodyLimitAttribute(long bytes) : Attribute
{
    /// <summary>The limit of a function that says nothing: 1 MiB.</summary>
    public const long Default = 1 << 20;

    public long Bytes { get; } = bytes;
}

/// <summary>The status of success, for the printed route table.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersAttribute(int status) : Attribute
{
    public int Status { get; } = status;
}

/// <summary>Exempt from `functionTimeout`: a stream that lives as long as its peer.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongLivedAttribute : Attribute;
