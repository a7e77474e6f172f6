using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pipeline.Contracts;
using Pipeline.Data;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class StorageTransportTests(AzuriteFixture azurite)
{
    private const string Secret = "VERYSECRET";
    private readonly ManualTime time = new();
    private readonly StorageClientOptions options = StorageClientOptions.Default;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_service_in_trouble_is_asked_again_until_it_answers(int status)
    {
        var service = Service(attempt => StubHandler.Status(attempt < 4 ? status : 204));
        await RunAsync(() => Queue(service).ClearMessagesAsync(Ct));
        Assert.Equal(4, service.Asked.Count);
    }

    [Fact]
    public async Task A_service_that_stays_in_trouble_is_unavailable_after_the_last_attempt()
    {
        var service = Service(_ => StubHandler.Status(503, "ServerBusy"));
        var fault = await FaultAsync(service);
        Assert.Equal((FaultCode.Unavailable, "ServerBusy"), (fault.Code, fault.Type));
        Assert.Equal(options.Attempts, service.Asked.Count);
    }

    [Fact]
    public async Task The_wait_doubles_between_attempts()
    {
        var service = Service(_ => throw new HttpRequestException("refused"));
        await FaultAsync(service);
        var waits = service.Asked.Zip(service.Asked.Skip(1), (a, b) => (b.At - a.At) / options.FirstDelay).ToArray();
        Assert.Equal(3, waits.Length);
        for (var i = 0; i < waits.Length; i++)
            Assert.InRange(waits[i], 0.74 * (1 << i), 1.26 * (1 << i));
    }

    [Theory]
    [InlineData(400, null, FaultCode.BadRequest)]
    [InlineData(400, "PopReceiptMismatch", FaultCode.Conflict)]
    [InlineData(400, "MessageTooLarge", FaultCode.TooLarge)]
    [InlineData(401, null, FaultCode.Unauthorized)]
    [InlineData(403, "AuthenticationFailed", FaultCode.Unauthorized)]
    [InlineData(404, "QueueNotFound", FaultCode.NotFound)]
    [InlineData(409, "QueueAlreadyExists", FaultCode.Conflict)]
    [InlineData(412, "ConditionNotMet", FaultCode.Conflict)]
    [InlineData(413, "RequestBodyTooLarge", FaultCode.TooLarge)]
    public async Task A_refusal_is_told_apart_and_not_tried_again(int status, string? error, FaultCode code)
    {
        var service = Service(_ => StubHandler.Status(status, error));
        var fault = await FaultAsync(service);
        Assert.Equal((code, error), (fault.Code, fault.Type));
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task A_queue_still_being_deleted_is_unavailable_when_created_again()
    {
        var service = Service(_ => StubHandler.Status(409, "QueueBeingDeleted"));
        var fault = await Assert.ThrowsAsync<Fault>(() => RunAsync(() => Queue(service).CreateIfNotExistsAsync(Ct)));
        Assert.Equal(FaultCode.Unavailable, fault.Code);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up_in_bounded_time()
    {
        var service = Service((_, ct) => StubHandler.Never(ct));
        var began = time.GetUtcNow();
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(service)).Code);
        Assert.Equal(options.Attempts, service.Asked.Count);
        Assert.InRange(time.GetUtcNow() - began, options.Timeout * 4, (options.Timeout * 4) + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_callers_cancellation_ends_the_call_and_its_repetition()
    {
        using var caller = new CancellationTokenSource();
        var service = Service(
            (_, ct) =>
            {
                caller.Cancel();
                return StubHandler.Never(ct);
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            RunAsync(() => Queue(service).ClearMessagesAsync(caller.Token))
        );
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        var service = Service(attempt =>
            Task.FromResult(
                new HttpResponseMessage
                {
                    Content =
                        attempt == 1
                            ? new StreamContent(new TrickleStream(new byte[10], breaksOff: true))
                            : new StringContent("<QueueMessagesList/>"),
                }
            )
        );
        IReadOnlyList<QueueMessage>? messages = null;
        await RunAsync(async () =>
            messages = await Queue(service).ReceiveMessagesAsync(1, TimeSpan.FromSeconds(1), Ct)
        );
        Assert.Empty(messages!);
        Assert.Equal(2, service.Asked.Count);
    }

    [Fact]
    public async Task Every_attempt_sends_the_same_body_freshly_signed()
    {
        var service = Service(attempt => StubHandler.Status(attempt < 3 ? 500 : 201));
        var connection = StorageConnection.Parse("AccountName=acme;AccountKey=a2V5");
        var queue = new QueueClient(connection, "orders", Transport(service));
        await RunAsync(() => queue.SendMessageAsync("hello"u8.ToArray(), ct: Ct));
        Assert.Equal(3, service.Asked.Count);
        Assert.Single(service.Asked.Select(asked => Convert.ToBase64String(asked.Body)).Distinct());
        foreach (var (at, request, _) in service.Asked)
            Assert.Equal(at.ToString("r"), Assert.Single(request.Headers.GetValues("x-ms-date")));
        Assert.All(
            service.Asked,
            asked => Assert.StartsWith("SharedKey acme:", asked.Request.Headers.GetValues("Authorization").First())
        );
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_unavailable()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var url = new Uri($"http://{port.LocalEndpoint}/account/queue?sig={Secret}");
        port.Stop();
        using var transport = new StorageTransport(
            azurite.Time,
            Randomness.Seeded(1).NewGuid,
            options with
            {
                FirstDelay = TimeSpan.FromMilliseconds(1),
            }
        );
        var fault = await Assert.ThrowsAsync<Fault>(() => new QueueClient(url, transport).ClearMessagesAsync(Ct));
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.DoesNotContain(Secret, fault.ToString());
    }

    [Fact]
    public async Task A_signature_stands_in_no_fault()
    {
        foreach (var status in new[] { 400, 403, 404, 500 })
            Assert.DoesNotContain(Secret, (await FaultAsync(Service(_ => StubHandler.Status(status)))).ToString());
    }

    [Fact]
    public async Task A_signature_stands_in_no_trace()
    {
        var tags = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Add(string.Join(' ', activity.TagObjects)),
        };
        ActivitySource.AddActivityListener(listener);
        var queue = await azurite.NewQueueAsync();
        var sas = queue.GenerateSasUri(QueueSasPermissions.Process, azurite.Time.GetUtcNow().AddHours(1));
        await new QueueClient(sas, azurite.Transport).ReceiveMessagesAsync(1, TimeSpan.FromSeconds(1), Ct);
        lock (tags)
        {
            Assert.Contains(tags, tag => tag.Contains($"{queue.Name}/messages"));
            Assert.DoesNotContain(tags, tag => tag.Contains("sig="));
        }

        void Add(string tag)
        {
            lock (tags)
                tags.Add(tag);
        }
    }

    private StubHandler Service(Func<int, Task<HttpResponseMessage>> answer) =>
        Service((attempt, _) => answer(attempt));

    private StubHandler Service(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) => new(time, answer);

    private StorageTransport Transport(StubHandler service) =>
        new(time, Randomness.Seeded(1).NewGuid, options, service);

    private QueueClient Queue(StubHandler service) =>
        new(new Uri($"http://account/orders?sv=1&sig={Secret}"), Transport(service));

    private Task<Fault> FaultAsync(StubHandler service) =>
        Assert.ThrowsAsync<Fault>(() => RunAsync(() => Queue(service).ClearMessagesAsync(Ct)));

    /// <summary>Runs a call on the manual clock, its continuations inside the clock's own steps.</summary>
    private async Task RunAsync(Func<Task> call)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var running = call();
        for (var step = 0; step < 100_000 && !running.IsCompleted; step++)
            time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(running.IsCompleted);
        await running;
    }
}
