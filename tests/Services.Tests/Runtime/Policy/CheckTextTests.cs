using Pipeline.Contracts.Identity;
using Pipeline.Data;
using Pipeline.Runtime;
using Pipeline.Runtime.Policy;

namespace Pipeline.Services.Tests.Runtime.Policy;

public sealed class CheckTextTests
{
    private static readonly Dictionary<string, Check> Rules = new()
    {
        ["admin_required"] = CheckText.Read("role:admin"),
        ["nobody"] = CheckText.Read("!"),
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("@", true)]
    [InlineData("!", false)]
    [InlineData("role:member", true)]
    [InlineData("role:MEMBER", true)]
    [InlineData("role:admin", false)]
    [InlineData("not role:admin", true)]
    [InlineData("not not role:admin", false)]
    [InlineData("role:admin or role:member and role:reader", true)]
    [InlineData("(role:admin or role:member) and role:auditor", false)]
    [InlineData("role:auditor and role:admin or role:member", true)]
    [InlineData("rule:admin_required or user_id:%(target.user.id)s", true)]
    [InlineData("rule:nobody", false)]
    [InlineData("rule:unknown", false)]
    [InlineData("user_id:%(user.unknown)s", false)]
    [InlineData("project_id:%(project_id)s", false)]
    [InlineData("domain_id:%(target.domain_id)s", false)]
    [InlineData("'reader':%(target.role.name)s", true)]
    [InlineData("None:%(target.role.domain_id)s", true)]
    [InlineData("nonsense:x", false)]
    [InlineData("system_scope:all", false)]
    public void A_check_holds_for_who_it_is_meant_for(string text, bool holds) =>
        Assert.Equal(holds, CheckText.Read(text).Holds(Caller(), Target(), Rules));

    [Theory]
    [InlineData("role")]
    [InlineData("role:a and")]
    [InlineData("or role:a")]
    [InlineData("(role:a")]
    [InlineData("role:a)")]
    [InlineData("role:a role:b")]
    [InlineData("not")]
    [InlineData("http://h/check")]
    [InlineData("user_id:x%(y)s")]
    public void What_is_no_check_string_is_refused(string text) =>
        Assert.Throws<FormatException>(() => CheckText.Read(text));

    [Fact]
    public void No_text_makes_it_fall_or_lets_a_stranger_in()
    {
        var randomness = Randomness.Seeded(11);
        string[] words =
        [
            "role:a",
            "and",
            "or",
            "not",
            "(",
            ")",
            "@",
            "!",
            "x",
            "%(",
            ":",
            "rule:r",
            "'",
            "\"",
            "user_id:%(u)s",
        ];
        var stranger = Contracts.Identity.Caller.Anonymous;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Join(
                ' ',
                Enumerable.Range(0, randomness.Next(9)).Select(_ => words[randomness.Next(words.Length)])
            );
            try
            {
                var holds = CheckText.Read($"role:none and ({text})").Holds(stranger, PolicyTarget.None, Rules);
                Assert.False(holds && !text.Contains(") or"), text);
            }
            catch (FormatException)
            {
                // refused
            }
        }
    }

    [Fact]
    public void What_is_nested_without_end_is_refused() =>
        Assert.Throws<FormatException>(() => CheckText.Read(new string('(', 10_000)));

    private static Caller Caller() => FunctionsWorld.CallerOf("member", "reader");

    private static PolicyTarget Target() =>
        new(
            ("target.user.id", "user"),
            ("target.role.name", "reader"),
            ("target.role.domain_id", null),
            ("project_id", "other"),
            ("target.domain_id", "default")
        );
}
