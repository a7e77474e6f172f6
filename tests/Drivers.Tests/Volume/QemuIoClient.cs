using System.Diagnostics;
using System.Text;
using Pipeline.Contracts.Drivers;

namespace Pipeline.Drivers.Tests.Volume;

/// <summary>QEMU's block layer, which is what a guest's host reaches volumes with; it stays connected until it is disposed.</summary>
internal sealed class QemuIoClient : VolumeClient
{
    private const string Prompt = "qemu-io> ";
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly Process _process;
    private bool _lost;

    private QemuIoClient(Process process) => _process = process;

    /// <summary>How long it is waited for.</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="options">How QEMU is told of the volume (its `--image-opts`).</param>
    /// <param name="secret">A password that the options call `secret`; null for none.</param>
    /// <param name="space">The network namespace of its host; null for the test's own.</param>
    public static async Task<QemuIoClient> ConnectAsync(
        string options,
        bool isReadOnly,
        string? secret = null,
        string? space = null
    )
    {
        string[] objects = secret is null ? [] : ["--object", $"secret,id=secret,data={secret}"];
        string[] mode = isReadOnly ? ["-r"] : [];
        string[] inside = space is null ? [] : ["ip", "netns", "exec", space];
        string[] words = [.. inside, "qemu-io", .. objects, .. mode, "--image-opts", options];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var client = new QemuIoClient(Process.Start(start)!);
        _ = client._process.StandardError.ReadToEndAsync(Ct);
        client._lost = await client.HearAsync() is null;
        return client;
    }

    public override async Task<bool> WriteAsync(Mark mark)
    {
        var said = await SayAsync($"write -P {mark.Value} {mark.At} {Mark.Bytes}");
        return said?.Contains($"wrote {Mark.Bytes}/{Mark.Bytes}") is true && await SayAsync("flush") is not null;
    }

    public override async Task<bool> HoldsAsync(Mark mark)
    {
        var said = await SayAsync($"read -P {mark.Value} {mark.At} {Mark.Bytes}");
        return said?.Contains($"read {Mark.Bytes}/{Mark.Bytes}") is true && !said.Contains("verification failed");
    }

    /// <summary>Has it know that the volume has become larger.</summary>
    public async Task<bool> GrowAsync(long bytes) =>
        await SayAsync($"truncate {bytes}") is { } said && !said.Contains("rror");

    public override async ValueTask DisposeAsync()
    {
        if (_lost || await SayAsync("quit") is not null)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<string?> SayAsync(string line)
    {
        if (_lost)
            return null;
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), Ct);
            await _process.StandardInput.FlushAsync(Ct);
        }
        catch (IOException)
        {
            return null;
        }
        var said = await HearAsync();
        _lost = said is null;
        return said;
    }

    /// <returns>What it said before it asked for more; null when it ended, or says nothing.</returns>
    private async Task<string?> HearAsync()
    {
        using var timeout = new CancellationTokenSource(Limit, Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, Ct);
        var (said, buffer) = (new StringBuilder(), new char[256]);
        try
        {
            while (await _process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var count)
                if (said.Append(buffer, 0, count).ToString().EndsWith(Prompt, StringComparison.Ordinal))
                    return said.ToString();
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            // It waits for a server that is gone.
        }
        return null;
    }
}
