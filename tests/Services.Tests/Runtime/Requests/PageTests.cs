using Microsoft.AspNetCore.Http;
using Pipeline.Runtime;

namespace Pipeline.Services.Tests.Runtime.Requests;

public sealed class PageTests
{
    [Theory]
    [InlineData("", 1000, null)]
    [InlineData("?limit=10&marker=abc", 10, "abc")]
    [InlineData("?limit=0", 0, null)]
    [InlineData("?limit=5000", 1000, null)]
    public void A_page_has_its_limit_and_its_marker(string query, int limit, string? marker)
    {
        var page = Page.Of(Request(query), 1000, "name");
        Assert.Equal((limit, marker), (page.Limit, page.Marker));
    }

    [Theory]
    [InlineData("?limit=-1", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?sort_key=secret", "sort_key")]
    [InlineData("?sort=name:sideways", "sort_dir")]
    public void A_wrong_page_is_a_400_that_names_the_parameter(string query, string name)
    {
        var fault = Assert.Throws<Fault>(() => Page.Of(Request(query), 1000, "name"));
        Assert.Contains($"query parameter {name}", fault.Message);
    }

    [Theory]
    [InlineData("?sort=name:desc,size", "name:True size:")]
    [InlineData("?sort_key=name&sort_dir=asc&sort_key=size&sort_dir=desc", "name:False size:True")]
    [InlineData("?sort_key=name&sort_key=size&sort_dir=desc", "name:True size:True")]
    [InlineData("?sort_key=name", "name:")]
    public void Sorting_is_read_in_both_spellings(string query, string expected)
    {
        var page = Page.Of(Request(query), 1000, "name", "size");
        Assert.Equal(expected, string.Join(' ', page.Sort.Select(key => $"{key.Name}:{key.Descending}")));
    }

    [Fact]
    public void The_next_page_keeps_the_filters_as_they_were_sent()
    {
        var next = Page.NextQuery(Request("?limit=2&tag=a%26b&tag=c&marker=old"), "new");
        Assert.Equal("?limit=2&tag=a%26b&tag=c&marker=new", next);
    }

    [Theory]
    [InlineData("?all=1", true)]
    [InlineData("?all", true)]
    [InlineData("?all=False", false)]
    [InlineData("", null)]
    public void A_flag_is_read_in_every_word_that_clients_use(string query, bool? expected)
    {
        Assert.Equal(expected, Query.Of(Request(query)).Bool("all"));
    }

    [Fact]
    public void A_time_whose_plus_sign_was_not_escaped_is_still_a_time()
    {
        var time = Query.Of(Request("?since=2030-01-01T02:00:00+02:00")).Time("since");
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), time);
    }

    private static HttpRequest Request(string query) =>
        new DefaultHttpContext { Request = { QueryString = new(query) } }.Request;
}
