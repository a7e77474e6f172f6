using System.Text;
using Pipeline.Contracts;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

/// <summary>What the client can do beyond the contract of `IQueue`.</summary>
public sealed class QueueClientTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_peek_takes_nothing()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("x"u8.ToArray(), ct: Ct);
        for (var i = 0; i < 2; i++)
        {
            var peeked = Assert.Single(await queue.PeekMessagesAsync(32, Ct));
            Assert.Equal((0, "x"), (peeked.DequeueCount, Encoding.UTF8.GetString(peeked.Body.Span)));
        }
        Assert.Single(await queue.ReceiveMessagesAsync(32, Hold, Ct));
        Assert.Empty(await queue.PeekMessagesAsync(32, Ct));
    }

    [Fact]
    public async Task The_count_includes_hidden_messages_and_falls_to_zero_on_clear()
    {
        var queue = await azurite.NewQueueAsync();
        for (var i = 0; i < 3; i++)
            await queue.SendMessageAsync("x"u8.ToArray(), ct: Ct);
        await queue.ReceiveMessagesAsync(1, Hold, Ct);
        Assert.Equal(3, await queue.GetApproximateMessagesCountAsync(Ct));
        await queue.ClearMessagesAsync(Ct);
        Assert.Equal(0, await queue.GetApproximateMessagesCountAsync(Ct));
    }

    [Fact]
    public async Task A_message_with_a_lifetime_ends_by_itself()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("x"u8.ToArray(), timeToLive: TimeSpan.FromSeconds(1), ct: Ct);
        for (var waited = 0; (await queue.PeekMessagesAsync(1, Ct)).Count > 0; waited++)
        {
            Assert.True(waited < 100, "The message still lives after 10 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), azurite.Time, Ct);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(10, 20)]
    public async Task A_lifetime_not_beyond_the_delay_is_refused(int lifetime, int delay)
    {
        var queue = await azurite.NewQueueAsync();
        var fault = await Assert.ThrowsAsync<Fault>(() =>
            queue.SendMessageAsync("x"u8.ToArray(), TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(lifetime), Ct)
        );
        Assert.Equal(FaultCode.BadRequest, fault.Code);
    }

    [Fact]
    public async Task A_strangers_message_that_is_no_base64_comes_as_it_is_and_blocks_nobody()
    {
        var queue = await azurite.NewQueueAsync();
        var sas = queue.GenerateSasUri(QueueSasPermissions.Add, azurite.Time.GetUtcNow().AddHours(1));
        using var http = new HttpClient();
        using var stranger = new StringContent(
            "<QueueMessage><MessageText>{ \"a\": 1 } &amp; so</MessageText></QueueMessage>"
        );
        var address = new UriBuilder(sas) { Path = $"{sas.AbsolutePath}/messages" };
        (await http.PostAsync(address.Uri, stranger, Ct)).EnsureSuccessStatusCode();
        await queue.SendMessageAsync("ours"u8.ToArray(), ct: Ct);
        var texts = (await queue.ReceiveMessagesAsync(32, Hold, Ct)).Select(message =>
            Encoding.UTF8.GetString(message.Body.Span)
        );
        Assert.Equal(["{ \"a\": 1 } & so", "ours"], texts);
    }
}
