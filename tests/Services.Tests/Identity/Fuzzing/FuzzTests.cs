using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Contracts;
using Pipeline.Identity.Federation;
using Pipeline.Identity.Tokens;
using Pipeline.Runtime;
using Pipeline.Runtime.Policy;
using Pipeline.Services.Tests.Identity.Signatures;

namespace Pipeline.Services.Tests.Identity.Fuzzing;

/// <summary>Whatever comes in is refused in words, and nothing that was not made here is taken.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Nothing_but_a_token_that_was_issued_opens()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (fuzz, seal) = (new Fuzz(1), world.Host.Get<TokenSeal>());
        string[] issued = [await world.Host.DemoAsync(), await world.Host.AdminAsync()];
        foreach (var round in Fuzz.Rounds(20_000))
        {
            var text = fuzz.Next(4) == 0 ? fuzz.Text(300) : fuzz.Changed(fuzz.OneOf(issued));
            Assert.True(issued.Contains(text) || seal.Open(text) is null, text);
        }
        foreach (var round in Fuzz.Rounds(200))
        {
            var text = fuzz.Changed(fuzz.OneOf(issued));
            Assert.True(issued.Contains(text) || !await world.Host.HoldsAsync(text), text);
        }
    }

    [Fact]
    public async Task No_signature_that_was_changed_is_taken()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (fuzz, host, admin) = (new Fuzz(2), world.Host, await world.Host.AdminAsync());
        var signer = await SignerAsync(world, admin);
        Func<JsonObject>[] signed = [() => signer.Version2(), signer.Version4, () => signer.Store()];
        foreach (var round in Fuzz.Rounds(600))
        {
            var which = fuzz.Next(signed.Length);
            var body = signed[which]();
            var key = fuzz.OneOf(Covered(which));
            Exchange(fuzz, body, key);
            var seen = await host.PostAsync(which == 2 ? "s3tokens" : "ec2tokens", admin, Signer.Body(body));
            Assert.True(seen.Status is 400 or 401, $"{seen.Status} for {body}");
        }
    }

    [Fact]
    public async Task No_body_makes_a_check_of_signatures_fail_otherwise_than_in_words()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (fuzz, host, admin) = (new Fuzz(3), world.Host, await world.Host.AdminAsync());
        var signer = await SignerAsync(world, admin);
        string[] bodies = [Signer.Body(signer.Version2()), Signer.Body(signer.Version4()), Signer.Body(signer.Store())];
        foreach (var round in Fuzz.Rounds(600))
        {
            var text = fuzz.Changed(fuzz.OneOf(bodies));
            var seen = await host.PostAsync(fuzz.OneOf(["ec2tokens", "s3tokens"]), admin, text);
            Assert.True(seen.Status is 200 or 400 or 401, $"{seen.Status} for {text}");
        }
    }

    [Fact]
    public async Task No_body_makes_a_login_fail_otherwise_than_in_words()
    {
        await using var world = await IdentityWorld.StartAsync();
        var (fuzz, host) = (new Fuzz(4), world.Host);
        string[] bodies =
        [
            IdentityHost.Login("demo", "wrong", "demo"),
            IdentityHost.Rescope(await host.DemoAsync() + "x", null),
            """{"auth":{"identity":{"methods":["totp"],"totp":{"user":{"id":"x","passcode":"123456"}}}}}""",
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"x","secret":"y"}}}}""",
        ];
        foreach (var round in Fuzz.Rounds(600))
        {
            var text = fuzz.Changed(fuzz.OneOf(bodies));
            var seen = await host.PostAsync("auth/tokens", null, text);
            Assert.True(seen.Status is 400 or 401 or 404, $"{seen.Status} for {text}");
        }
    }

    [Fact]
    public void A_policy_file_is_read_or_refused_with_its_line()
    {
        const string file = """
            ---
            # who may
            "compute:servers:create": "role:member and project_id:%(project_id)s"
            "identity:list_users": >
              rule:admin_required or
              (role:reader and not domain_id:None)
            "own": 'user_id:%(target.user.id)s or @'
            "never": "!"
            """;
        var fuzz = new Fuzz(5);
        var read = 0;
        foreach (var round in Fuzz.Rounds(5_000))
            try
            {
                _ = PolicyFile.Read(fuzz.Changed(file), ["rule", "admin_required"]);
                read++;
            }
            catch (Fault fault)
            {
                Assert.Equal(FaultCode.BadRequest, fault.Code);
            }
        Assert.NotEqual(0, read);
        foreach (var round in Fuzz.Rounds(5_000))
            try
            {
                _ = PolicyFile.Read(fuzz.Text(200), []);
            }
            catch (Fault fault)
            {
                Assert.Equal(FaultCode.BadRequest, fault.Code);
            }
    }

    [Fact]
    public void A_mapping_is_read_or_refused_and_what_it_says_of_any_claims_is_a_login_or_none()
    {
        const string rules = """
            [{"local":[{"user":{"name":"{0}","id":"{1}"}},{"groups":"{2}","domain":{"id":"default"}},
              {"projects":[{"name":"of {0}","roles":[{"name":"member"}]}]}],
              "remote":[{"type":"name"},{"type":"sub"},{"type":"groups","whitelist":["a","b"]},
              {"type":"groups","any_one_of":["^a"],"regex":true},{"type":"x","not_any_of":["y"]}]}]
            """;
        var fuzz = new Fuzz(6);
        foreach (var round in Fuzz.Rounds(5_000))
            try
            {
                var text = fuzz.Next(10) == 0 ? rules : fuzz.Changed(rules);
                var read = MappingRule.Read(new Field(JsonElement.Parse(text), "rules"));
                _ = MappedLogin.Of(
                    read,
                    _ => [.. Enumerable.Range(0, fuzz.Next(3)).Select(_ => fuzz.Text(20))],
                    fuzz.Text(10)
                );
            }
            catch (Fault fault)
            {
                Assert.Equal(FaultCode.BadRequest, fault.Code);
            }
            catch (JsonException)
            {
                // refused before a mapping is looked at
            }
    }

    [Fact]
    public void Signed_claims_are_read_or_not_and_never_believed_when_they_were_changed()
    {
        const string head = "eyJhbGciOiJFUzI1NiJ9";
        var fuzz = new Fuzz(7);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var claims = Base64Url.EncodeToString("""{"iss":"i","aud":"a","sub":"s","exp":1893456000}"""u8);
        var signature = pair.SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256);
        var key = new SigningKey(null, "ES256", null, pair.ExportParameters(false));
        var token = $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
        Assert.True(SignedClaims.Read(token)!.IsSignedBy(key));
        foreach (var round in Fuzz.Rounds(5_000))
        {
            var text = fuzz.Changed(token);
            if (text != token && SignedClaims.Read(text) is { } read)
                Assert.False(read.IsSignedBy(key) && !Same(read), text);
        }

        bool Same(SignedClaims read) => read.Signature.AsSpan().SequenceEqual(signature) && read.Issuer == "i";
    }

    private static string[] Covered(int which) =>
        which switch
        {
            0 => ["access", "signature", "verb", "path", "params/Action", "params/Timestamp"],
            1 => ["access", "signature", "path", "params/a", "headers/Host", "headers/X-Amz-Date", "body_hash"],
            _ => ["access", "signature", "token"],
        };

    // One character for another that is not the same in any case.
    private static void Exchange(Fuzz fuzz, JsonObject body, string key)
    {
        var (parent, name) = key.Split('/') is [var first, var second]
            ? (body[first]!.AsObject(), second)
            : (body, key);
        var text = (string)parent[name]!;
        var at = fuzz.Next(text.Length);
        var other = char.ToLowerInvariant(text[at]) == 'q' ? 'z' : 'q';
        parent[name] = $"{text[..at]}{other}{text[(at + 1)..]}";
    }

    private static async Task<Signer> SignerAsync(IdentityWorld world, string admin)
    {
        var host = world.Host;
        var (user, project) = (
            await host.IdAsync("users", "demo", admin),
            await host.IdAsync("projects", "demo", admin)
        );
        var made = await host.PostAsync(
            $"users/{user}/credentials/OS-EC2",
            admin,
            $$$"""{"tenant_id":"{{{project}}}"}"""
        );
        var pair = made.Json.GetProperty("credential");
        return new(
            pair.GetProperty("access").GetString()!,
            pair.GetProperty("secret").GetString()!,
            world.Time.GetUtcNow()
        );
    }
}
