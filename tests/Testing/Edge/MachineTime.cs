namespace Pipeline.Testing.Edge;

/// <summary>The machine's clock, for tests that wait for real processes.</summary>
public static class MachineTime
{
    public static TimeProvider Clock => TimeProvider.System;
}
