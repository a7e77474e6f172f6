using System.Diagnostics;

namespace Pipeline.Drivers.Tests;

public sealed class CommandTests
{
    private readonly Command _command = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Arguments_reach_the_program_as_they_are() =>
        Assert.Equal("a b;$HOME|'\"\n", await _command.RunAsync(new("printf", ["%s\n", "a b;$HOME|'\""]), Ct));

    [Fact]
    public async Task Input_is_read_and_ends() =>
        Assert.Equal("line\n", await _command.RunAsync(new("cat", [], Input: "line\n"), Ct));

    [Fact]
    public async Task A_program_that_ignores_its_input_does_no_harm() =>
        Assert.Equal("", await _command.RunAsync(new("true", [], Input: new string('x', 1 << 20)), Ct));

    [Fact]
    public async Task A_failure_is_a_fault_with_the_programs_last_words()
    {
        var fault = await FaultAsync(new("ls", ["/no/such/place"]));
        Assert.Equal(FaultCode.DriverFailed, fault.Code);
        Assert.Contains("'/no/such/place': No such file or directory", fault.Message);
    }

    [Fact]
    public async Task An_exit_code_can_be_an_answer() =>
        Assert.Equal(1, (await _command.TryAsync(new("grep", ["needle"], Input: "hay\n"), Ct)).ExitCode);

    [Fact]
    public async Task A_full_disk_is_told_apart()
    {
        FullDevice.Require();
        Assert.Equal(FaultCode.DiskFull, (await FaultAsync(new("tee", [FullDevice.Path], Input: "x"))).Code);
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_named() =>
        Assert.Equal("no-such-tool is not installed on this host", (await FaultAsync(new("no-such-tool", []))).Message);

    [Fact]
    public async Task A_program_that_takes_too_long_is_killed_with_its_children()
    {
        var seconds = $"{Random.Shared.Next(100_000, 900_000)}";
        var command = new Invocation("sh", ["-c", $"sleep {seconds}; true"], Limit: TimeSpan.FromSeconds(0.2));
        Assert.Equal(FaultCode.Timeout, (await FaultAsync(command)).Code);
        await Eventually.IsTrueAsync(() => Task.FromResult(!IsRunning(seconds)), "the child is gone, too");
    }

    [Fact]
    public async Task Cancelling_ends_the_program()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var seconds = $"{Random.Shared.Next(100_000, 900_000)}";
        var running = _command.RunAsync(new("sleep", [seconds]), stop.Token);
        await Eventually.IsTrueAsync(() => Task.FromResult(IsRunning(seconds)), "it runs");
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(IsRunning(seconds));
    }

    [Fact]
    public async Task The_agents_environment_is_not_passed_on()
    {
        Environment.SetEnvironmentVariable("PIPELINE_TEST_SECRET", "hidden");
        var seen = await _command.RunAsync(new("env", []), Ct);
        Assert.DoesNotContain("hidden", seen);
        Assert.Contains("LC_ALL=C\n", seen);
    }

    [Fact]
    public async Task An_endless_answer_is_a_fault_not_a_memory()
    {
        var fault = await FaultAsync(new("head", ["-c", "20000000", "/dev/zero"]));
        Assert.Equal(FaultCode.DriverFailed, fault.Code);
    }

    [Fact]
    public async Task A_failed_command_is_a_failed_span()
    {
        using var caller = new Activity("step").Start();
        using var spans = new CommandSpans(caller);
        await FaultAsync(new("false", ["a", "b"]));
        var span = Assert.Single(spans.Named("false"));
        Assert.Equal(2, (int)span.GetTagItem("command.arguments")!);
        Assert.Equal((ActivityStatusCode.Error, caller.SpanId), (span.Status, span.ParentSpanId));
    }

    private Task<Fault> FaultAsync(Invocation invocation) =>
        Assert.ThrowsAsync<Fault>(() => _command.RunAsync(invocation, Ct));

    private static bool IsRunning(string argument) =>
        Process.GetProcessesByName("sleep").Any(process => Arguments(process.Id).Contains(argument));

    private static string[] Arguments(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
