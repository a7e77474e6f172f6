using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Pipeline.Benchmarks.Bare;

/// <summary>
/// What the cloud is compared with: Kestrel and SQLite with nothing between them. `/row` reads one row, `/rows` a hundred,
/// a POST writes one row in a transaction of its own; there is no routing, no token, no rule.
/// </summary>
internal static class BareServer
{
    /// <summary>Serves until its standard input is closed.</summary>
    public static async Task<int> RunAsync(string file, int port)
    {
        using var rows = BareRows.Open(file);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, port));
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, rows));
        await app.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is not null) { }
        return 0;
    }

    private static void Configure(KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, port);
    }

    private static Task AnswerAsync(HttpContext context, BareRows rows)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            rows.Write();
            return WriteAsync(context, [rows.Read(1)]);
        }
        return WriteAsync(context, context.Request.Path.Value == "/rows" ? rows.List() : [rows.Read(42)]);
    }

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<BareRow> rows)
    {
        var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartArray();
            foreach (var row in rows)
                row.WriteTo(json);
            json.WriteEndArray();
        }
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
