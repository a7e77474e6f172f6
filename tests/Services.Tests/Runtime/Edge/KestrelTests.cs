using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime.Edge;

/// <summary>Kestrel's habits, each one undone, on real sockets.</summary>
public sealed class KestrelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_may_be_larger_than_30_MB_and_slow()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var body = new ByteArrayContent(new byte[40_000_000]);
        var answer = await host.Client.PutAsync("/image/v2/file", body, Token);
        Assert.Equal("40000000 bytes, any pace", await answer.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(12, false)] // more than a socket takes before anybody reads: the client must get to its end to see the answer
    public async Task A_JSON_body_over_its_limit_is_413(int mebibytes, bool chunked)
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var body = new StringContent("{\"name\":\"" + new string('x', mebibytes << 20) + "\"}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/compute/v2.1/things") { Content = body };
        request.Headers.TransferEncodingChunked = chunked;
        var answer = await host.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("overLimit", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task JSON_names_are_compared_to_the_letter()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var body = new StringContent("""{"NAME":"x"}""");
        var answer = await host.Client.PostAsync("/compute/v2.1/things", body, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("field name is required", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Dot_segments_and_escaped_slashes_are_part_of_a_name()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync("COPY /objects/a/../b%2Fc//d HTTP/1.1\nHost: x\nConnection: close\n\n");
        var head = await wire.HeadAsync();
        Assert.Equal("HTTP/1.1 201 Created", head[0]);
        Assert.Equal("a/../b/c//d", await wire.LineAsync());
    }

    [Fact]
    public async Task A_fault_is_plain_JSON_and_no_answer_names_the_server()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        var answer = await host.Client.GetAsync("/compute/v2.1/nowhere", Token);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal(
            404,
            JsonElement
                .Parse(await answer.Content.ReadAsStringAsync(Token))
                .GetProperty("itemNotFound")
                .GetProperty("code")
                .GetInt32()
        );
    }

    [Fact]
    public async Task A_client_that_expects_100_is_told_to_continue_when_its_body_is_wanted()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync("PUT /image/v2/file HTTP/1.1\nHost: x\nContent-Length: 3\nExpect: 100-continue\n\n");
        Assert.Equal(["HTTP/1.1 100 Continue"], await wire.HeadAsync());
        await wire.SendAsync("abc");
        Assert.Equal("HTTP/1.1 200 OK", (await wire.HeadAsync())[0]);
    }

    [Fact]
    public async Task A_client_that_expects_100_is_refused_without_sending_its_body()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync(
            "PUT /image/v2/secret HTTP/1.1\nHost: x\nContent-Length: 9000000\nExpect: 100-continue\n\n"
        );
        Assert.Equal("HTTP/1.1 401 Unauthorized", (await wire.HeadAsync())[0]);
    }

    [Fact]
    public async Task A_client_in_mid_upload_sees_its_refusal()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync(
            $"PUT /image/v2/secret HTTP/1.1\nHost: x\nContent-Length: 9000000\n\n{new string('x', 50_000)}"
        );
        Assert.Equal("HTTP/1.1 401 Unauthorized", (await wire.HeadAsync())[0]);
    }

    [Fact]
    public async Task HEAD_tells_the_length_and_sends_nothing()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync("HEAD /image/v2/text HTTP/1.1\nHost: x\nConnection: close\n\n");
        var head = await wire.HeadAsync();
        Assert.Equal("HTTP/1.1 200 OK", head[0]);
        Assert.Contains("Content-Length: 5", head);
        Assert.Null(await wire.LineAsync());
    }

    [Fact]
    public async Task A_query_may_be_as_long_as_Neutrons_clients_make_it()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        var answer = await host.Client.GetAsync(
            $"/image/v2/text?{string.Join('&', Enumerable.Repeat("id=0123456789abcdef", 1500))}",
            Token
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_download_is_streamed_whole()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        var body = await host.Client.GetByteArrayAsync("/image/v2/large", Token);
        Assert.Equal(50_000_000, body.Length);
    }

    [Fact]
    public async Task A_body_that_fails_in_the_middle_is_cut_off_not_ended()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            host.Client.GetByteArrayAsync("/image/v2/broken", Token)
        );
    }

    [Fact]
    public async Task A_long_lived_answer_ends_when_the_host_stops()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using var wire = await host.ConnectAsync();
        await wire.SendAsync("GET /image/v2/live HTTP/1.1\nHost: x\n\n");
        Assert.Equal("HTTP/1.1 200 OK", (await wire.HeadAsync())[0]);
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_function()
    {
        await using var host = await RealHost.StartAsync(typeof(Bodies));
        using (var wire = await host.ConnectAsync())
        {
            await wire.SendAsync("GET /image/v2/wait HTTP/1.1\nHost: x\n\n");
            await Bodies.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        }
        await Bodies.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    private sealed class Bodies
    {
        public static readonly TaskCompletionSource Waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public static readonly TaskCompletionSource Cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("upload"), Policy("upload", Require.Anyone), BodyLimit(0)]
        public async Task<IResult> UploadAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "image/v2/file")] HttpRequest request,
            CancellationToken ct
        )
        {
            var rate = request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate;
            var buffer = new byte[81920];
            long total = 0;
            int read;
            while ((read = await request.Body.ReadAsync(buffer, ct)) > 0)
                total += read;
            return Answer.Text(200, $"{total} bytes, {(rate is null ? "any pace" : "hurried")}");
        }

        [Function("secret"), Policy("secret", Require.Token), BodyLimit(0)]
        public IResult Secret(
            [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "image/v2/secret")] HttpRequest request
        ) => Answer.NoContent();

        [Function("thing"), Policy("thing", Require.Anyone)]
        public async Task<IResult> ThingAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "compute/v2.1/things")] HttpRequest request,
            CancellationToken ct
        ) => Answer.Text(200, (await request.ReadFieldsAsync(ct)).String("name"));

        [Function("copy-object"), Policy("copy", Require.Anyone)]
        public IResult Copy(
            [HttpTrigger(AuthorizationLevel.Anonymous, "copy", Route = "objects/{**name}")] HttpRequest request,
            string name
        ) => Answer.Text(201, name + "\n");

        [Function("text"), Policy("text", Require.Anyone)]
        public IResult Text(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/text")] HttpRequest request
        ) => Answer.Text(200, "12345");

        [Function("large"), Policy("large", Require.Anyone)]
        public IResult Large(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/large")] HttpRequest request
        ) => Answer.Stream(200, new MemoryStream(new byte[50_000_000]), null, "application/octet-stream");

        [Function("broken"), Policy("broken", Require.Anyone)]
        public IResult Broken(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/broken")] HttpRequest request
        ) =>
            Answer.Live(
                200,
                "text/plain",
                async (body, ct) =>
                {
                    await body.WriteAsync(Encoding.UTF8.GetBytes("half"), ct);
                    throw new InvalidOperationException("the disk is gone");
                }
            );

        [Function("live"), Policy("live", Require.Anyone), LongLived]
        public IResult Live(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/live")] HttpRequest request
        ) => Answer.Live(200, "text/plain", (_, ct) => new TaskCompletionSource().Task.WaitAsync(ct));

        [Function("wait"), Policy("wait", Require.Anyone)]
        public async Task<IResult> WaitAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "image/v2/wait")] HttpRequest request,
            CancellationToken ct
        )
        {
            Waiting.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }
            finally
            {
                Cancelled.TrySetResult();
            }
            return Answer.NoContent();
        }
    }
}
