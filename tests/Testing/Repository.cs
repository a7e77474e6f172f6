namespace Pipeline.Testing;

/// <summary>The checkout the tests run from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) =>
        folder is null ? throw new DirectoryNotFoundException("Tests run from inside the checkout.")
        : File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) ? folder.FullName
        : Find(folder.Parent);
}
