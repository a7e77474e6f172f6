using System.Text;
using Pipeline.Contracts;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>What every implementation of `IQueue` promises.</summary>
public abstract class QueueContract
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<IQueues> QueuesAsync();

    protected abstract string NewName();

    /// <summary>Lets so much of the queues' time pass.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Grüße, мир, 世界, 🚀 <&>\"'\r\n\0")]
    public async Task A_body_comes_back_as_it_was_sent(string text)
    {
        var queue = await NewQueueAsync();
        var body = Encoding.UTF8.GetBytes(text);
        await queue.SendAsync(body, ct: Ct);
        Assert.Equal(body, (await TakeAsync(queue)).Body.ToArray());
    }

    [Fact]
    public async Task A_body_of_any_bytes_and_the_greatest_length_comes_back()
    {
        var queue = await NewQueueAsync();
        var body = new byte[QueueMessage.MaxBytes];
        new Random(7).NextBytes(body);
        await queue.SendAsync(body, ct: Ct);
        Assert.Equal(body, (await TakeAsync(queue)).Body.ToArray());
    }

    [Fact]
    public async Task A_body_too_long_is_refused()
    {
        var queue = await NewQueueAsync();
        await FaultsAsync(FaultCode.TooLarge, () => queue.SendAsync(new byte[QueueMessage.MaxBytes + 1], ct: Ct));
    }

    [Fact]
    public async Task The_senders_buffer_may_be_used_again()
    {
        var queue = await NewQueueAsync();
        var body = "before"u8.ToArray();
        await queue.SendAsync(body, ct: Ct);
        body.AsSpan().Clear();
        Assert.Equal("before", Text(await TakeAsync(queue)));
    }

    [Fact]
    public async Task Messages_come_in_the_order_they_were_sent()
    {
        var queue = await NewQueueAsync();
        var sent = Enumerable.Range(0, 10).Select(i => $"m{i}").ToArray();
        foreach (var text in sent)
            await SendAsync(queue, text);
        var received = new List<string>();
        while (received.Count < sent.Length)
            received.AddRange((await queue.ReceiveAsync(4, Long, Ct)).Select(Text));
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task A_receive_takes_no_more_than_asked_and_an_empty_queue_gives_none()
    {
        var queue = await NewQueueAsync();
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
        for (var i = 0; i < 5; i++)
            await SendAsync(queue, "x");
        Assert.Equal(3, (await queue.ReceiveAsync(3, Long, Ct)).Count);
        Assert.Equal(2, (await queue.ReceiveAsync(32, Long, Ct)).Count);
    }

    [Fact]
    public async Task A_received_message_is_hidden_from_others()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var message = await TakeAsync(queue);
        Assert.Equal(1, message.DequeueCount);
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
    }

    [Fact]
    public async Task A_message_nobody_ends_comes_again_and_counts_its_deliveries()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "poison");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var message = await AwaitAsync(queue, Short);
            Assert.Equal(delivery, message.DequeueCount);
            Assert.Equal("poison", Text(message));
        }
    }

    [Fact]
    public async Task A_message_sent_with_a_delay_comes_only_after_it()
    {
        var queue = await NewQueueAsync();
        await queue.SendAsync("later"u8.ToArray(), TimeSpan.FromSeconds(2), Ct);
        await SendAsync(queue, "now");
        Assert.Equal("now", Text(Assert.Single(await queue.ReceiveAsync(32, Long, Ct))));
        Assert.Equal("later", Text(await AwaitAsync(queue, Long)));
    }

    [Fact]
    public async Task A_renewed_message_stays_hidden_beyond_its_first_timeout()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var first = Assert.Single(await queue.ReceiveAsync(1, Short, Ct));
        var renewed = await queue.RenewAsync(first, Long, Ct);
        Assert.NotEqual(first.PopReceipt, renewed.PopReceipt);
        Assert.Equal((first.MessageId, 1), (renewed.MessageId, renewed.DequeueCount));
        Assert.True(renewed.NextVisibleOn > first.NextVisibleOn);
        await PassAsync(Short * 1.5);
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
        await queue.DeleteAsync(renewed, Ct);
    }

    [Fact]
    public async Task A_message_renewed_for_no_time_is_given_back()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        await queue.RenewAsync(await TakeAsync(queue), TimeSpan.Zero, Ct);
        Assert.Equal(2, (await AwaitAsync(queue, Long)).DequeueCount);
    }

    [Fact]
    public async Task A_deleted_message_is_gone()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var message = Assert.Single(await queue.ReceiveAsync(1, Short, Ct));
        await queue.DeleteAsync(message, Ct);
        await PassAsync(Short * 1.5);
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
        await FaultsAsync(FaultCode.NotFound, () => queue.DeleteAsync(message, Ct), "MessageNotFound");
        await FaultsAsync(FaultCode.NotFound, () => queue.RenewAsync(message, Long, Ct), "MessageNotFound");
    }

    [Fact]
    public async Task A_former_holder_can_neither_end_nor_renew_a_message()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var former = Assert.Single(await queue.ReceiveAsync(1, Short, Ct));
        var present = await AwaitAsync(queue, Long);
        await FaultsAsync(FaultCode.Conflict, () => queue.DeleteAsync(former, Ct));
        await FaultsAsync(FaultCode.Conflict, () => queue.RenewAsync(former, Long, Ct));
        await queue.DeleteAsync(present, Ct);
    }

    [Fact]
    public async Task A_renewal_makes_the_old_receipt_worthless()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var message = await TakeAsync(queue);
        var renewed = await queue.RenewAsync(message, Long, Ct);
        await FaultsAsync(FaultCode.Conflict, () => queue.DeleteAsync(message, Ct));
        await queue.DeleteAsync(renewed, Ct);
    }

    [Fact]
    public async Task A_holder_whose_time_ran_out_unnoticed_may_still_end_it()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        var message = Assert.Single(await queue.ReceiveAsync(1, Short, Ct));
        await PassAsync(Short * 1.5);
        await queue.DeleteAsync(message, Ct);
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(33, 30)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 604801)]
    public async Task A_receive_out_of_bounds_is_refused(int max, int seconds)
    {
        var queue = await NewQueueAsync();
        await FaultsAsync(FaultCode.BadRequest, () => queue.ReceiveAsync(max, TimeSpan.FromSeconds(seconds), Ct));
    }

    [Fact]
    public async Task A_queue_is_created_and_removed_any_number_of_times()
    {
        var queue = await NewQueueAsync();
        await queue.CreateAsync(Ct);
        await SendAsync(queue, "x");
        await queue.CreateAsync(Ct);
        Assert.Equal("x", Text(await TakeAsync(queue)));
        await queue.RemoveAsync(Ct);
        await queue.RemoveAsync(Ct);
    }

    [Fact]
    public async Task A_queue_made_again_is_empty()
    {
        var queue = await NewQueueAsync();
        await SendAsync(queue, "x");
        await queue.RemoveAsync(Ct);
        await queue.CreateAsync(Ct);
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
    }

    [Fact]
    public async Task Without_the_queue_nothing_can_be_done_with_it()
    {
        var queue = (await QueuesAsync()).Open(NewName());
        var message = new QueueMessage("id", "receipt", default, 1, default, default);
        Func<Task>[] calls =
        [
            () => SendAsync(queue, "x"),
            () => queue.ReceiveAsync(1, Long, Ct),
            () => queue.RenewAsync(message, Long, Ct),
            () => queue.DeleteAsync(message, Ct),
        ];
        foreach (var call in calls)
            await FaultsAsync(FaultCode.NotFound, call, "QueueNotFound");
    }

    [Fact]
    public async Task Two_queues_share_nothing()
    {
        var (one, other) = (await NewQueueAsync(), await NewQueueAsync());
        await SendAsync(one, "x");
        Assert.Empty(await other.ReceiveAsync(32, Long, Ct));
        Assert.Single(await one.ReceiveAsync(32, Long, Ct));
    }

    [Fact]
    public async Task The_same_name_is_the_same_queue()
    {
        var queue = await NewQueueAsync();
        await SendAsync((await QueuesAsync()).Open(queue.Name), "x");
        Assert.Single(await queue.ReceiveAsync(32, Long, Ct));
    }

    [Fact]
    public async Task Competing_receivers_never_take_the_same_message()
    {
        var queue = await NewQueueAsync();
        for (var i = 0; i < 20; i++)
            await SendAsync(queue, $"{i}");
        var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => queue.ReceiveAsync(4, Long, Ct)));
        var ids = taken.SelectMany(batch => batch).Select(message => message.MessageId).ToArray();
        Assert.Equal(20, ids.Length);
        Assert.Equal(20, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-leading")]
    [InlineData("trailing-")]
    [InlineData("two--hyphens")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_name_against_the_rules_is_refused(string name)
    {
        var queues = await QueuesAsync();
        Assert.Equal(FaultCode.BadRequest, Assert.Throws<Fault>(() => queues.Open(name)).Code);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("host-0d9b7a2e-3c1f-4f6a-9a53-5f1f5a4f2b11")]
    [InlineData("7a3456789012345678901234567890123456789012345678901234567890123")]
    public async Task A_name_within_the_rules_works(string name)
    {
        var queue = (await QueuesAsync()).Open(name);
        await queue.CreateAsync(Ct);
        await SendAsync(queue, "x");
        await queue.RemoveAsync(Ct);
    }

    [Fact]
    public async Task A_call_cancelled_before_it_began_does_nothing()
    {
        var queue = await NewQueueAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.SendAsync(new byte[1], ct: cancelled));
        Assert.Empty(await queue.ReceiveAsync(32, Long, Ct));
    }

    protected static async Task FaultsAsync(FaultCode code, Func<Task> act, string? type = null)
    {
        var fault = await Assert.ThrowsAsync<Fault>(act);
        Assert.Equal(code, fault.Code);
        if (type is not null)
            Assert.Equal(type, fault.Type);
    }

    private static string Text(QueueMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private static Task SendAsync(IQueue queue, string text) => queue.SendAsync(Encoding.UTF8.GetBytes(text), ct: Ct);

    private static async Task<QueueMessage> TakeAsync(IQueue queue) =>
        Assert.Single(await queue.ReceiveAsync(1, Long, Ct));

    /// <summary>Takes the next message when it comes, within 10 s of the queues' time.</summary>
    private async Task<QueueMessage> AwaitAsync(IQueue queue, TimeSpan visibilityTimeout)
    {
        for (var waited = 0; waited < 100; waited++)
        {
            if (await queue.ReceiveAsync(1, visibilityTimeout, Ct) is [var message])
                return message;
            await PassAsync(TimeSpan.FromMilliseconds(100));
        }
        throw new TimeoutException("No message came within 10 s.");
    }

    private async Task<IQueue> NewQueueAsync()
    {
        var queue = (await QueuesAsync()).Open(NewName());
        await queue.CreateAsync(Ct);
        return queue;
    }
}
