namespace Pipeline.Durable.Tests.Code;

/// <summary>The types a functions host of the tests has loaded.</summary>
internal static class TestCode
{
    private static readonly Type[] Everything = typeof(TestCode).Assembly.GetTypes();
    private static readonly Type?[] Apart = [typeof(Variants), typeof(Patches), typeof(Versions)];

    /// <summary>All but what stands for code at different times.</summary>
    public static IEnumerable<Type> Usual => Everything.Where(t => !Apart.Contains(t.DeclaringType));

    public static IEnumerable<Type> With(params Type[] variants) => Usual.Concat(variants);

    public static IEnumerable<Type> Without(params Type[] types) => Usual.Except(types);
}
