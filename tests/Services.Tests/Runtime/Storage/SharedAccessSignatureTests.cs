using System.Net;
using Pipeline.Contracts;
using Pipeline.Runtime.Storage;
using Xunit;

namespace Pipeline.Services.Tests.Runtime.Storage;

public sealed class SharedAccessSignatureTests(AzuriteFixture azurite)
{
    private const QueueSasPermissions Agent = QueueSasPermissions.Process | QueueSasPermissions.Update;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset InAnHour => azurite.Time.GetUtcNow().AddHours(1);

    [Theory]
    [InlineData(QueueSasPermissions.None, "")]
    [InlineData(QueueSasPermissions.Read, "peek count")]
    [InlineData(QueueSasPermissions.Add, "send")]
    [InlineData(QueueSasPermissions.Update, "renew")]
    [InlineData(QueueSasPermissions.Process, "receive delete")]
    [InlineData(Agent, "receive renew delete")]
    public async Task A_queue_signature_allows_what_it_names_and_no_more(QueueSasPermissions granted, string allowed)
    {
        var owner = await azurite.NewQueueAsync();
        var holder = new QueueClient(owner.GenerateSasUri(granted, InAnHour), azurite.Transport);
        var actual = new List<string>();
        foreach (var (name, call) in Operations(owner, holder))
            if (await IsAllowedAsync(call))
                actual.Add(name);
        Assert.Equal(allowed, string.Join(' ', actual));
    }

    [Fact]
    public async Task An_agent_works_through_its_queue_with_its_signature_alone()
    {
        var owner = await azurite.NewQueueAsync();
        await owner.SendMessageAsync("work"u8.ToArray(), ct: Ct);
        var queue = AzureQueues.Open(owner.GenerateSasUri(Agent, InAnHour), azurite.Transport);
        Assert.Equal(owner.Name, queue.Name);
        var message = Assert.Single(await queue.ReceiveAsync(1, TimeSpan.FromSeconds(30), Ct));
        await queue.DeleteAsync(await queue.RenewAsync(message, TimeSpan.FromSeconds(60), Ct), Ct);
        Assert.Equal(0, await owner.GetApproximateMessagesCountAsync(Ct));
    }

    [Fact]
    public async Task A_queue_signature_opens_no_other_queue()
    {
        var (own, other) = (await azurite.NewQueueAsync(), await azurite.NewQueueAsync());
        var stolen = new UriBuilder(
            own.GenerateSasUri(Agent | QueueSasPermissions.Read | QueueSasPermissions.Add, InAnHour)
        );
        stolen.Path = stolen.Path.Replace(own.Name, other.Name);
        var thief = new QueueClient(stolen.Uri, azurite.Transport);
        foreach (var (_, call) in Operations(other, thief))
            Assert.False(await IsAllowedAsync(call));
    }

    [Fact]
    public async Task A_queue_signature_lists_no_queues()
    {
        var queue = await azurite.NewQueueAsync();
        var sas = queue.GenerateSasUri(Agent | QueueSasPermissions.Read, InAnHour);
        using var http = new HttpClient();
        var list = new UriBuilder(sas) { Path = "/devstoreaccount1", Query = $"{sas.Query}&comp=list" };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(list.Uri, Ct)).StatusCode);
    }

    [Fact]
    public async Task An_expired_signature_is_refused()
    {
        var queue = await azurite.NewQueueAsync();
        var sas = queue.GenerateSasUri(Agent, azurite.Time.GetUtcNow().AddMinutes(-1));
        await RefusedAsync(() =>
            new QueueClient(sas, azurite.Transport).ReceiveMessagesAsync(1, TimeSpan.FromSeconds(9), Ct)
        );
    }

    [Theory]
    [InlineData("sp=up", "sp=raup")]
    [InlineData("se=20", "se=21")]
    [InlineData("sig=", "sig=A")]
    public async Task A_signature_tampered_with_is_refused(string from, string to)
    {
        var queue = await azurite.NewQueueAsync();
        var sas = queue.GenerateSasUri(Agent, InAnHour).AbsoluteUri;
        Assert.Contains(from, sas);
        var forged = new QueueClient(new Uri(sas.Replace(from, to)), azurite.Transport);
        await RefusedAsync(() => forged.ReceiveMessagesAsync(1, TimeSpan.FromSeconds(9), Ct));
    }

    [Fact]
    public async Task The_holder_of_a_signature_cannot_make_another()
    {
        var queue = await azurite.NewQueueAsync();
        var holder = new QueueClient(queue.GenerateSasUri(Agent, InAnHour), azurite.Transport);
        var fault = Assert.Throws<Fault>(() => holder.GenerateSasUri(Agent, InAnHour));
        Assert.Equal(FaultCode.Forbidden, fault.Code);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("folder/Grüße 世界 +&=%20")]
    public async Task A_blob_signature_reads_its_blob_and_no_more(string name)
    {
        var container = await azurite.NewContainerAsync();
        foreach (var blob in new[] { name, "other" })
            await container.GetBlobClient(blob).UploadAsync(new MemoryStream("content"u8.ToArray()), ct: Ct);
        var sas = container.GetBlobClient(name).GenerateSasUri(BlobSasPermissions.Read, InAnHour);
        var holder = new BlobClient(sas, azurite.Transport);
        using var reader = new StreamReader(await holder.OpenReadAsync(ct: Ct));
        Assert.Equal("content", await reader.ReadToEndAsync(Ct));
        Assert.Equal(7, (await holder.GetPropertiesAsync(Ct)).ContentLength);

        await RefusedAsync(() => holder.UploadAsync(new MemoryStream(), overwrite: true, Ct));
        await RefusedAsync(() => holder.DeleteIfExistsAsync(Ct));
        var other = new UriBuilder(sas) { Path = $"/devstoreaccount1/{container.Name}/other" };
        await RefusedAsync(() => new BlobClient(other.Uri, azurite.Transport).OpenReadAsync(ct: Ct));
    }

    [Fact]
    public async Task An_expired_blob_signature_is_refused()
    {
        var blob = (await azurite.NewContainerAsync()).GetBlobClient("b");
        await blob.UploadAsync(new MemoryStream(), ct: Ct);
        var sas = blob.GenerateSasUri(BlobSasPermissions.Read, azurite.Time.GetUtcNow().AddSeconds(-5));
        await RefusedAsync(() => new BlobClient(sas, azurite.Transport).OpenReadAsync(ct: Ct));
    }

    [Fact]
    public void A_signature_for_an_https_account_holds_for_https_alone()
    {
        var connection = StorageConnection.Parse("AccountName=acme;AccountKey=a2V5");
        var queue = new QueueClient(connection, "orders", azurite.Transport);
        Assert.Equal(
            "https://acme.queue.core.windows.net/orders?sv=2021-12-02&spr=https&se=2030-01-02T03%3A04%3A05Z&sp=up",
            queue
                .GenerateSasUri(Agent, new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero))
                .AbsoluteUri.Split("&sig=")[0]
        );
    }

    private static IEnumerable<(string Name, Func<Task> Call)> Operations(QueueClient owner, QueueClient holder)
    {
        var hold = TimeSpan.FromSeconds(30);
        yield return ("peek", () => holder.PeekMessagesAsync(1, Ct));
        yield return ("count", () => holder.GetApproximateMessagesCountAsync(Ct));
        yield return ("send", () => holder.SendMessageAsync("x"u8.ToArray(), ct: Ct));
        yield return ("receive", () => holder.ReceiveMessagesAsync(1, hold, Ct));
        yield return ("renew", async () => await holder.UpdateMessageAsync(await HeldAsync(), hold, Ct));
        yield return ("delete", async () => await holder.DeleteMessageAsync(await HeldAsync(), Ct));
        yield return ("clear", () => holder.ClearMessagesAsync(Ct));
        yield return ("create", () => holder.CreateIfNotExistsAsync(Ct));
        yield return ("remove", () => holder.DeleteIfExistsAsync(Ct));

        async Task<QueueMessage> HeldAsync()
        {
            await owner.SendMessageAsync("x"u8.ToArray(), ct: Ct);
            return (await owner.ReceiveMessagesAsync(1, hold, Ct))[0];
        }
    }

    private static async Task<bool> IsAllowedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unauthorized)
        {
            Assert.DoesNotContain("sig=", fault.ToString());
            return false;
        }
    }

    private static async Task RefusedAsync(Func<Task> call) => Assert.False(await IsAllowedAsync(call));
}
