using System.Text;
using System.Text.Unicode;
using Pipeline.Contracts.Compute;
using Pipeline.Drivers;

namespace Pipeline.Agent.Metadata;

/// <summary>
/// The password that a guest tells once, encrypted for its user, as a file of the metadata folder: kept as long as the
/// guest, with a mark beside it once the control plane has it. The service writes passwords, the agent marks.
/// </summary>
internal sealed class GuestPasswords(MetadataFolder folder) : IDisposable
{
    public const int Limit = GuestPassword.Limit;

    private const string Told = ".told";
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What the guest told; null when it has told nothing.</summary>
    public byte[]? Find(ServerId id) => File.Exists(FileOf(id)) ? File.ReadAllBytes(FileOf(id)) : null;

    /// <summary>Whether it is one: text, and not too much.</summary>
    public static bool IsOne(ReadOnlySpan<byte> password) =>
        password.Length is > 0 and <= Limit && Utf8.IsValid(password);

    /// <returns>False when the guest has told one already.</returns>
    public async Task<bool> TryKeepAsync(ServerId id, ReadOnlyMemory<byte> password, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (File.Exists(FileOf(id)))
                return false;
            SafeFile.MakeFolder(folder.Passwords);
            await SafeFile.WriteAsync(FileOf(id), password, ct);
            // The guest may have been removed meanwhile, and its files with it.
            if (!File.Exists(folder.ServerFile(id)))
                Remove(id);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Passwords that the control plane has not confirmed.</summary>
    public IReadOnlyList<(ServerId Server, string Password)> ListUntold()
    {
        if (!Directory.Exists(folder.Passwords))
            return [];
        var untold = new List<(ServerId, string)>();
        foreach (var path in Directory.EnumerateFiles(folder.Passwords).Order(StringComparer.Ordinal))
            if (ServerId.TryParse(Path.GetFileName(path), out var id) && !File.Exists(path + Told))
                if (!File.Exists(folder.ServerFile(id)))
                    Remove(id); // its guest was removed while it spoke
                else if (Find(id) is { } password)
                    untold.Add((id, Encoding.UTF8.GetString(password)));
        return untold;
    }

    public Task MarkToldAsync(ServerId id, CancellationToken ct) =>
        File.Exists(FileOf(id)) ? SafeFile.WriteAsync(FileOf(id) + Told, default, ct) : Task.CompletedTask;

    /// <summary>Absent is success.</summary>
    public void Remove(ServerId id)
    {
        if (!Directory.Exists(folder.Passwords))
            return;
        File.Delete(FileOf(id));
        File.Delete(FileOf(id) + Told);
    }

    public void Dispose() => _turn.Dispose();

    private string FileOf(ServerId id) => Path.Combine(folder.Passwords, $"{id}");
}
