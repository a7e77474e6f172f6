namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>
/// Chooses KVM only where it really runs a guest: on some machines `/dev/kvm` is there and a guest under it hangs. So a
/// boot sector is run that ends its machine by the debug-exit port.
/// </summary>
internal sealed class Accelerator(QemuOptions options, Command command)
{
    // mov al, 0x10; out 0xf4, al; hlt; jmp back to the halt
    private static readonly byte[] Sector = [0xb0, 0x10, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd];
    private const int Exited = 0x10 << 1 | 1; // how isa-debug-exit turns the byte into an exit code

    private Task<string>? _chosen;

    /// <summary>`kvm` or `tcg`; looked up once.</summary>
    public Task<string> ChooseAsync() =>
        _chosen ??= options.Accelerator is { } set ? Task.FromResult(set) : ProbeAsync();

    private async Task<string> ProbeAsync() => File.Exists("/dev/kvm") && await RunsAsync() ? "kvm" : "tcg";

    private async Task<bool> RunsAsync()
    {
        var disk = Path.Combine(options.DataDir, "kvm-probe.img");
        try
        {
            SafeFile.MakeFolder(options.DataDir);
            await SafeFile.WriteAsync(disk, BootDisk(), CancellationToken.None);
            string[] arguments =
            [
                .. (string[])["-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc", "-accel", "kvm"],
                .. (string[])["-m", "16", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
                .. (string[])["-drive", $"file={disk.Replace(",", ",,")},format=raw,if=virtio,readonly=on"],
            ];
            var probe = new Invocation(options.Binary, arguments, Limit: TimeSpan.FromSeconds(5));
            return (await command.TryAsync(probe, CancellationToken.None)).ExitCode == Exited;
        }
        catch (Exception cause) when (cause is Fault or IOException or UnauthorizedAccessException)
        {
            return false; // it hung and was killed, or there is no place to try it
        }
        finally
        {
            if (File.Exists(disk))
                File.Delete(disk);
        }
    }

    private static byte[] BootDisk()
    {
        var disk = new byte[64 * 1024];
        Sector.CopyTo(disk, 0);
        (disk[510], disk[511]) = (0x55, 0xaa);
        return disk;
    }
}
