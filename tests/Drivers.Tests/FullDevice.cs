using Xunit;

namespace Pipeline.Drivers.Tests;

/// <summary>`/dev/full`, a disk that is always full; on some machines only root may write to it.</summary>
internal static class FullDevice
{
    public const string Path = "/dev/full";

    public static void Require() =>
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess || File.GetUnixFileMode(Path).HasFlag(UnixFileMode.OtherWrite),
            $"{Path} is root's here"
        );
}
