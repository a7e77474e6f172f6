using System.Runtime.CompilerServices;

namespace Pipeline.Runtime.Http;

/// <summary>Where a match's route parameters lie in the raw path, in order; nothing is decoded before it is asked for.</summary>
internal struct Captures
{
    public const int Most = 8;

    private Ranges ranges;

    public int Count { get; set; }

    /// <summary>The client's project id in the path, where the API allows one; empty for none.</summary>
    public (int Start, int Length) Project { get; set; }

    public readonly (int Start, int Length) this[int index] => ranges[index];

    public void Push(int start, int length) => ranges[Count++] = (start, length);

    public void Pop() => Count--;

    [InlineArray(Most)]
    private struct Ranges
    {
        private (int Start, int Length) first;
    }
}
