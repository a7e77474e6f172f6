namespace Pipeline.Agent.Edge;

/// <summary>The machine's iSCSI name, where its operator gave it one (open-iscsi's `initiatorname.iscsi`).</summary>
internal static class InitiatorName
{
    private const string File = "/etc/iscsi/initiatorname.iscsi";
    private const string Key = "InitiatorName=";

    public static string? Read(string file = File) =>
        System.IO.File.Exists(file)
            ? System
                .IO.File.ReadLines(file)
                .Select(line => line.Trim())
                .FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
                ?[Key.Length..].Trim()
            : null;
}
