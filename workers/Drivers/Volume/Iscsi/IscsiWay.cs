using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Contracts;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume.Iscsi;

/// <summary>A target for each attachment, with one unit, an account, and the address it answers.</summary>
internal sealed partial class IscsiWay(
    IscsiOptions options,
    VolumeFolders folders,
    IVolumeLayout layout,
    TargetServer server
) : IVolumeWay
{
    private const int Unit = 1; // 0 is the server's own

    private readonly Turns<string> _turns = new(); // one server has all the targets

    public string Protocol => "iSCSI";

    public bool IsShared => true;

    // The server keeps a unit's size for as long as it has it.
    public bool GrowsWhileOpen => false;

    public Task<string?> ProblemAsync(CancellationToken ct) =>
        Task.FromResult(
            Command.Find("tgtd") is null || Command.Find("tgtadm") is null
                ? "tgtd is not installed: apt-get install tgt"
                : VolumeRules.ProblemOf(options.Address)
        );

    public Task<ExportRecord> PlanAsync(ExportSpec spec, CancellationToken ct)
    {
        VolumeRules.AddressOf(spec.Connector, options.Address);
        if (spec.Password is null || !Password().IsMatch(spec.Password))
            throw Fault.BadRequest("iSCSI needs a password of 12 to 64 letters, digits, hyphens and underscores");
        return Task.FromResult(new ExportRecord(spec));
    }

    public async Task OpenAsync(ExportRecord record, VolumeFile file, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("targets", ct);
        // A server that was not there has lost the others' targets, too.
        if (await server.EnsureAsync(ct))
            foreach (var other in folders.ListExports())
                if (await layout.FindAsync(other.Spec.Volume, ct) is { } its)
                    await EnsureTargetAsync(other, its, ct);
        await EnsureTargetAsync(record, file, ct);
    }

    public async Task CloseAsync(ExportRecord record, VolumeFile? file, CancellationToken ct)
    {
        using var turn = await _turns.TakeAsync("targets", ct);
        if (!server.Runs)
        {
            await server.StopAsync(ct); // what is left of one serves nobody
            return;
        }
        var targets = await server.ListAsync(ct);
        if (targets.FirstOrDefault(target => target.Name == NameOf(record)) is { } found)
            await RemoveAsync(found, record, ct);
    }

    public VolumeConnection Describe(ExportRecord record, VolumeFile file) =>
        new(
            "iscsi",
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = options.Address,
                ["port"] = Text(options.Port),
                ["target"] = NameOf(record),
                ["lun"] = Text(Unit),
                ["user"] = UserOf(record),
            }
        );

    /// <summary>The address comes last: until it is there a target answers nobody, and one without it is made again.</summary>
    private async Task EnsureTargetAsync(ExportRecord record, VolumeFile file, CancellationToken ct)
    {
        var address = VolumeRules.AddressOf(record.Spec.Connector, options.Address);
        var targets = await server.ListAsync(ct);
        if (targets.FirstOrDefault(target => target.Name == NameOf(record)) is { } found)
        {
            if (found.Addresses.Contains(address))
                return;
            await RemoveAsync(found, record, ct);
            targets = await server.ListAsync(ct);
        }
        var taken = targets.Select(target => target.Number).ToHashSet();
        var (id, unit) = (
            Text(Enumerable.Range(1, taken.Count + 1).First(number => !taken.Contains(number))),
            Text(Unit)
        );
        var (user, password) = (UserOf(record), record.Spec.Password!);
        var flags = $"thin_provisioning=1,readonly={(record.Spec.IsReadOnly ? 1 : 0)}";
        await server.TellAsync(["new", "target", "--tid", id, "--targetname", NameOf(record)], ct);
        await server.TellAsync(["new", "logicalunit", "--tid", id, "--lun", unit, "--backing-store", file.Path], ct);
        await server.TellAsync(["update", "logicalunit", "--tid", id, "--lun", unit, "--params", flags], ct);
        await server.TellAsync(["new", "account", "--user", user, "--password", password], ct);
        await server.TellAsync(["bind", "account", "--tid", id, "--user", user], ct);
        await server.TellAsync(["bind", "target", "--tid", id, "--initiator-address", address], ct);
    }

    private async Task RemoveAsync(Target target, ExportRecord record, CancellationToken ct)
    {
        await server.TellAsync(["delete", "target", "--force", "--tid", Text(target.Number)], ct);
        await server.TryTellAsync(["delete", "account", "--user", UserOf(record)], ct); // it may have got no account
    }

    private string NameOf(ExportRecord record) => $"{options.NamePrefix}:{record.Spec.Attachment}";

    private static string UserOf(ExportRecord record) => record.Spec.Attachment.Value.ToString("N");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z0-9_-]{12,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();
}
