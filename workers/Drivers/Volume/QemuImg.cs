using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Volume;

/// <summary>What is asked of qemu-img. Formats are always named: what a guest wrote is never looked at to guess one.</summary>
internal sealed partial class QemuImg(string binary, Command command)
{
    private const long SlowestBytes = 4 << 20; // a second: a copy that is slower hangs

    private readonly ImageCheck _images = new(binary, command);

    /// <returns>The program's version.</returns>
    public async Task<string> VersionAsync(CancellationToken ct)
    {
        var said = await command.RunAsync(new(binary, ["--version"]), ct);
        return said.Split('\n')[0].Replace("qemu-img version ", "").Split(' ')[0];
    }

    /// <returns>The virtual size in bytes of an image that is what it says.</returns>
    public Task<long> VirtualBytesAsync(CachedImage image, CancellationToken ct) =>
        _images.VirtualBytesAsync(image, ct);

    /// <summary>Copies what a file holds into a new one, which is sparse and on the disk when it is there.</summary>
    public async Task ConvertAsync(
        (string Path, string Format) from,
        (string Path, string Format) to,
        IProgress<double>? progress,
        long bytes,
        CancellationToken ct
    )
    {
        string[] arguments = ["convert", "-p", "-f", from.Format, "-O", to.Format, from.Path, to.Path];
        var convert = new Invocation(binary, arguments, Limit: LimitOf(bytes)) { Heard = text => Tell(text, progress) };
        try
        {
            await command.RunAsync(convert, ct);
            SafeFile.Flush(to.Path);
        }
        catch
        {
            File.Delete(to.Path);
            throw;
        }
    }

    /// <summary>A new qcow2 file; it stands on the other one, of the same folder, where there is one.</summary>
    public async Task CreateAsync(string path, long bytes, string? standsOn, CancellationToken ct)
    {
        string[] below = standsOn is null ? [] : ["-F", "qcow2", "-b", standsOn];
        var half = path + ".new";
        File.Delete(half);
        try
        {
            await command.RunAsync(new(binary, ["create", "-q", "-f", "qcow2", .. below, half, Text(bytes)]), ct);
            SafeFile.Flush(half);
            File.Move(half, path, overwrite: true);
        }
        catch
        {
            File.Delete(half);
            throw;
        }
    }

    public Task ResizeAsync(string path, string format, long bytes, CancellationToken ct) =>
        command.RunAsync(new(binary, ["resize", "-q", "-f", format, path, Text(bytes)]), ct);

    /// <summary>Has a qcow2 file stand on another one than now, or on none, and hold what it held.</summary>
    public Task RebaseAsync(string path, string? onto, long bytes, CancellationToken ct)
    {
        string[] below = onto is null ? ["-b", ""] : ["-F", "qcow2", "-b", onto];
        return command.RunAsync(
            new(binary, ["rebase", "-q", "-f", "qcow2", .. below, path], Limit: LimitOf(bytes)),
            ct
        );
    }

    public static TimeSpan LimitOf(long bytes) => TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(bytes / SlowestBytes);

    private static void Tell(string text, IProgress<double>? progress)
    {
        if (progress is not null && Progress().Matches(text) is [.., var last])
            progress.Report(double.Parse(last.Groups["done"].ValueSpan, CultureInfo.InvariantCulture) / 100);
    }

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    // As in "    (12.34/100%)", each written over the one before.
    [GeneratedRegex(@"\((?<done>\d{1,3}\.\d{2})/100%\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Progress();
}
