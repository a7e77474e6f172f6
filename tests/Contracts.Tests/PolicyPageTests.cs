using System.Text;
using Pipeline.Testing;
using Pipeline.Testing.Clouds;

namespace Pipeline.Contracts.Tests;

/// <summary>docs/policy.md: every rule with its default and the routes that ask it, made from what is served.</summary>
public sealed class PolicyPageTests
{
    private const string Head = """
        # Rules

        Who may do what. Each rule's default stands beside the function that asks it; this page is generated from them (`GOLDEN=write` on
        `PolicyPageTests` writes it).

        An operator puts other checks in their place by `policy.yaml` in the cloud's data folder: rule names and check strings as oslo.policy writes
        them. A changed file holds within two seconds, without a restart. One with a mistake is refused with its line, and the rules before it stay; a
        functions host does not start with one.

        ```
        "os_compute_api:flavors:list": "role:member and project_id:%(project_id)s"
        "identity:list_users": "rule:admin_required or role:helpdesk"
        ```

        A check is `role:NAME`, `rule:NAME`, `@` (all), `!` (nobody), or something of the caller's and of the target's that must be the same, as
        `user_id:%(target.user.id)s`; `and`, `or`, `not` and parentheses join them. Of the caller there are `user_id`, `user_domain_id`, `project_id`,
        `project_domain_id`, `domain_id` and `system_scope`. Where a rule asks nothing about a target, `project_id`, `domain_id` and `user_id` of the
        target are the caller's own. What a caller cannot see stays 404, whatever a rule allows.

        | rule | default | asked by |
        |---|---|---|

        """;

    [Fact]
    public void The_page_of_rules_is_what_is_asked() =>
        TestCloud.Run(cloud =>
        {
            var path = Path.Combine(Repository.Root, "docs", "policy.md");
            var text = Page(cloud);
            if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
                File.WriteAllText(path, text);
            Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", text);
            return Task.CompletedTask;
        });

    private static string Page(TestCloud cloud)
    {
        var routes = cloud
            .Routes.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToLookup(words => words[2], words => $"`{words[0]} {words[1]}`");
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (rule, check) in cloud.Rules.OrderBy(one => one.Key, StringComparer.Ordinal))
            page.Append($"| {rule} | `{check.Replace("|", "\\|")}` | {string.Join("<br>", routes[rule])} |\n");
        return page.ToString();
    }
}
