using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume.Nfs;

/// <summary>
/// An export for each attachment: a folder with another name of the volume's file in it, which answers one address. The file
/// belongs to a user of the volume's own while it is exported, and to root else.
/// </summary>
internal sealed class NfsWay(NfsOptions options, VolumeFolders folders, NfsServer server, Command command) : IVolumeWay
{
    private const string FileName = "volume";
    private const string Root = "0:0";
    private const int LastNumber = 65_534;
    private const UnixFileMode Passable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly Turns<string> _turns = new(); // one server has all the exports

    public string Protocol => "NFS";

    public bool IsShared => true;

    public bool GrowsWhileOpen => true;

    public Task<string?> ProblemAsync(CancellationToken ct) =>
        Task.FromResult(NfsServer.Problem ?? VolumeRules.ProblemOf(options.Address));

    public async Task<ExportRecord> PlanAsync(ExportSpec spec, CancellationToken ct)
    {
        VolumeRules.AddressOf(spec.Connector, options.Address);
        using var turn = await _turns.TakeAsync("exports", ct);
        return new ExportRecord(spec) { Number = await NextNumberAsync(ct) };
    }

    public async Task OpenAsync(ExportRecord record, VolumeFile file, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("exports", ct);
        if (!File.Exists(FileOf(record)))
        {
            SafeFile.MakeFolder(FolderOf(record));
            File.SetUnixFileMode(FolderOf(record), Passable);
            await OwnAsync(file, $"{OwnerOf(record)}:{OwnerOf(record)}", ct);
            await command.RunAsync(new("ln", ["--", file.Path, FileOf(record)]), ct);
        }
        await server.ServeAsync(Open(), ct);
        if (await server.RefusalAsync(ShareOf(record), ct) is { } refusal)
            throw new Fault(FaultCode.DriverFailed, $"ganesha.nfsd does not serve {FolderOf(record)}: {refusal}");
    }

    public async Task CloseAsync(ExportRecord record, VolumeFile? file, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("exports", ct);
        NfsExport[] left = [.. Open().Where(export => export.Number != record.Number)];
        var isShared = left.Any(export => export.Owner == OwnerOf(record));
        if (server.Runs)
        {
            await server.ServeAsync(left, ct);
            // Which of a volume's attachments the server has its file open for cannot be told from outside.
            if (isShared || await server.KeepsOpenAsync([FileOf(record), file?.Path ?? FileOf(record)], ct))
                await server.RestartAsync(ct);
        }
        if (file is not null && !isShared)
            await OwnAsync(file, Root, ct);
        SafeFile.RemoveFolder(FolderOf(record));
    }

    public VolumeConnection Describe(ExportRecord record, VolumeFile file) =>
        new(
            "nfs",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["server"] = options.Address,
                ["share"] = ShareOf(record),
                ["path"] = FileName,
                ["format"] = file.Format,
            }
        );

    // Its host was its owner, and may have let others to it.
    private async Task OwnAsync(VolumeFile file, string owner, CancellationToken ct)
    {
        await command.RunAsync(new("chown", ["--", owner, file.Path]), ct);
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>What has a file to be seen; what is only written down yet would be an error to the server.</summary>
    private NfsExport[] Open() =>
        [
            .. folders
                .ListExports()
                .Where(record => File.Exists(FileOf(record)))
                .Select(record => new NfsExport(
                    record.Number!.Value,
                    ShareOf(record),
                    FolderOf(record),
                    VolumeRules.AddressOf(record.Spec.Connector, options.Address),
                    OwnerOf(record),
                    record.Spec.IsReadOnly
                )),
        ];

    // Counted up, so that a handle of a way that was closed names no other one.
    private async Task<int> NextNumberAsync(CancellationToken ct)
    {
        var file = Path.Combine(folders.Root, "last-export");
        var number = File.Exists(file)
            ? int.Parse(await File.ReadAllTextAsync(file, ct), CultureInfo.InvariantCulture)
            : 0;
        var taken = folders.ListExports().Select(record => record.Number).ToHashSet();
        if (taken.Count >= LastNumber)
            throw new Fault(FaultCode.DriverFailed, $"one NFS server has no more than {LastNumber} exports");
        do number = number % LastNumber + 1;
        while (taken.Contains(number));
        await SafeFile.WriteAsync(file, System.Text.Encoding.ASCII.GetBytes($"{number}"), ct);
        return number;
    }

    /// <summary>A user id that no account has and, but for a chance of one in a billion, no other volume.</summary>
    private static uint OwnerOf(ExportRecord record)
    {
        var hash = SHA256.HashData(record.Spec.Volume.Value.ToByteArray());
        return 0x4000_0000 | BinaryPrimitives.ReadUInt32LittleEndian(hash) >> 2;
    }

    private static string ShareOf(ExportRecord record) => $"/{record.Spec.Attachment}";

    private string FolderOf(ExportRecord record) =>
        Path.Combine(folders.Of(record.Spec.Volume), "exports", $"{record.Spec.Attachment}");

    private string FileOf(ExportRecord record) => Path.Combine(FolderOf(record), FileName);
}
