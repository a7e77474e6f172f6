using System.Text.Json;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime.Requests;

public sealed class FieldsTests
{
    [Theory]
    [InlineData("""{}""", "server", "field server is required")]
    [InlineData("""{"server":[]}""", "server", "field server: it must be an object")]
    [InlineData("""{"server":{"name":12}}""", "name", "field server.name: it must be a string")]
    [InlineData("""{"server":{"name":null}}""", "name", "field server.name: it must be a string")]
    [InlineData("""{"server":{"name":""}}""", "name", "field server.name: it must not be empty")]
    [InlineData("""{"server":{"name":"123456"}}""", "name", "field server.name: it must have at most 5 characters")]
    [InlineData("""{"server":{"name":"a\u0000"}}""", "name", "field server.name: it must not contain U+0000")]
    [InlineData("""{"server":{"name":"\ud800"}}""", "name", "field server.name: it is not valid Unicode")]
    [InlineData("""{"server":{"count":"1"}}""", "count", "field server.count: it must be an integer")]
    [InlineData("""{"server":{"count":1.5}}""", "count", "field server.count: it must be an integer")]
    [InlineData("""{"server":{"count":0}}""", "count", "field server.count: it must be at least 1")]
    [InlineData("""{"server":{"count":99999999999999999999}}""", "count", "field server.count: it must be an integer")]
    [InlineData("""{"server":{"on":"true"}}""", "on", "field server.on: it must be a boolean")]
    [InlineData("""{"server":{"id":"x"}}""", "id", "field server.id: it 'x' is not an id")]
    [InlineData("""{"server":{"nets":[{"uuid":1}]}}""", "nets", "field server.nets[0].uuid: it must be a string")]
    [InlineData("""{"server":{"kind":"c"}}""", "kind", "field server.kind: it must be one of a, b")]
    public void A_wrong_field_is_named(string body, string read, string message)
    {
        var fault = Assert.Throws<Fault>(() => Read(Root(body), read));
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public void A_key_that_the_schema_does_not_know_is_refused()
    {
        var fault = Assert.Throws<Fault>(() => Root("""{"name":"x","nmae":1}""").Only("name", "id"));
        Assert.Contains("Additional properties are not allowed ('nmae' was unexpected)", fault.Message);
    }

    [Fact]
    public void Absent_null_and_given_are_three_things()
    {
        var body = Root("""{"cleared":null,"given":"x"}""");
        Assert.Equal((false, true, true), (body.Has("absent"), body.Has("cleared"), body.Has("given")));
        Assert.Null(body.Nullable("absent")?.String());
        Assert.Null(body.Nullable("cleared")?.String());
        Assert.Equal("x", body.Nullable("given")?.String());
        Assert.Null(body.Optional("absent")?.String());
        Assert.Throws<Fault>(() => body.Optional("cleared")?.String());
    }

    [Fact]
    public void Of_a_key_that_comes_twice_the_last_value_counts()
    {
        var body = Root("""{"name":"first","name":"last"}""");
        Assert.Equal("last", body.String("name"));
        Assert.Equal([("name", "last")], body.Entries().Select(entry => (entry.Name, entry.Value.String())));
    }

    [Fact]
    public void A_length_counts_characters_not_code_units()
    {
        Assert.Equal("🐧🐧", Root("""{"name":"🐧🐧"}""").String("name", 1, 2));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"Yes\"", true)]
    [InlineData("\"0\"", false)]
    [InlineData("1", true)]
    public void Words_for_booleans_are_read_where_an_API_takes_them(string json, bool expected)
    {
        Assert.Equal(expected, Root($$"""{"on":{{json}}}""")["on"].Bool(text: true));
    }

    [Fact]
    public void Numbers_as_text_are_read_where_an_API_takes_them()
    {
        Assert.Equal(42, Root("""{"ram":"42"}""")["ram"].Int(1, 100, text: true));
    }

    [Theory]
    [InlineData("", "no body")]
    [InlineData("[]", "must be an object")]
    [InlineData("{\"a\":", "Malformed request body")]
    [InlineData("{'a':1}", "Malformed request body")]
    [InlineData("{\"a\":1} x", "Malformed request body")]
    public async Task A_body_that_is_no_JSON_object_is_a_400(string body, string message)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
        var fault = await Assert.ThrowsAsync<Fault>(async () =>
            await context.Request.ReadFieldsAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(FaultCode.BadRequest, fault.Code);
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public async Task A_body_deeper_than_any_API_has_is_a_400()
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Body = new MemoryStream(
            System.Text.Encoding.UTF8.GetBytes(new string('[', 10_000) + new string(']', 10_000))
        );
        await Assert.ThrowsAsync<Fault>(async () =>
            await context.Request.ReadFieldsAsync(TestContext.Current.CancellationToken)
        );
    }

    private static Fields Root(string body) => new Field(JsonElement.Parse(body), "").Object();

    private static object Read(Fields root, string name)
    {
        var server = root.Object("server");
        return name switch
        {
            "name" => server.String("name", 1, 5),
            "count" => server.Int("count", 1, 10),
            "on" => server.Bool("on"),
            "id" => server.Id<ServerId>("id"),
            "nets" => server.Array("nets").Select(net => net.Object().String("uuid")).ToList(),
            "kind" => server["kind"].Choice("a", "b"),
            _ => server,
        };
    }
}
