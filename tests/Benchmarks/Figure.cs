namespace Pipeline.Benchmarks;

/// <summary>One measured number under its dotted name.</summary>
internal sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>Three digits that count: more would only be noise.</summary>
    public double Rounded =>
        Value == 0 ? 0 : Math.Round(Value, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(Value))), 0, 6));
}
