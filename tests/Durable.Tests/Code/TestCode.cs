namespace Pipeline.Durable.Tests.Code;

/// <summary>The types a functions host of the tests has loaded.</summary>
internal static class TestCode
{
    private static readonly Type[] Everything = typeof(TestCode).Assembly.GetTypes();

    /// <summary>All but the variants, of which there can be one at a time.</summary>
    public static IEnumerable<Type> Usual => Everything.Where(t => t.DeclaringType != typeof(Variants));

    public static IEnumerable<Type> With(Type variant) => Usual.Append(variant);

    public static IEnumerable<Type> Without(params Type[] types) => Usual.Except(types);
}
