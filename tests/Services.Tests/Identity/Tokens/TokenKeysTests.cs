using Pipeline.Data;
using Pipeline.Identity;
using Pipeline.Identity.Tokens;
using Pipeline.Services.Tests.Runtime;

namespace Pipeline.Services.Tests.Identity.Tokens;

public sealed class TokenKeysTests : IDisposable
{
    private static readonly TimeSpan Rotation = TimeSpan.FromDays(30);
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-keys-").FullName;
    private readonly ManualTime time = new();

    [Fact]
    public void Keys_are_made_once_and_readable_by_their_owner_alone()
    {
        var first = NewKeys();
        var again = NewKeys();
        Assert.Equal(first.Primary.Secret, again.Primary.Secret);
        Assert.Equal(32, first.Primary.Secret.Length);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(folder, "token-keys"))
        );
    }

    [Fact]
    public void A_key_is_replaced_when_it_has_served_its_time_and_opens_until_the_next_is()
    {
        var keys = NewKeys();
        var first = keys.Primary;
        keys.RotateWhenDue();
        Assert.Equal(first.Id, keys.Primary.Id);
        time.Advance(Rotation);
        keys.RotateWhenDue();
        Assert.NotEqual(first.Id, keys.Primary.Id);
        Assert.Equal(first.Secret, keys.Find(first.Id)!.Secret);
        time.Advance(Rotation);
        keys.RotateWhenDue();
        Assert.Null(keys.Find(first.Id));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(folder, "token-keys"))
        );
    }

    [Fact]
    public void A_functions_host_learns_of_a_key_that_another_one_made()
    {
        var (mine, others) = (NewKeys(), NewKeys());
        time.Advance(Rotation);
        others.RotateWhenDue();
        Assert.Equal(others.Primary.Secret, mine.Find(others.Primary.Id)!.Secret);
        mine.RotateWhenDue();
        Assert.Equal(others.Primary.Secret, mine.Primary.Secret);
    }

    [Fact]
    public void Unknown_keys_are_looked_for_at_most_once_a_second()
    {
        var keys = NewKeys();
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(keys.Find(77));
        File.Delete(Path.Combine(folder, "token-keys"));
        Assert.Null(keys.Find(77)); // it does not look at the file, which would fail
    }

    [Fact]
    public void No_key_begins_a_token_with_a_dash()
    {
        var keys = NewKeys();
        for (var i = 0; i < 130; i++)
        {
            time.Advance(Rotation);
            keys.RotateWhenDue();
            Assert.InRange(keys.Primary.Id, 0, 127);
        }
    }

    [Fact]
    public void A_file_that_holds_no_keys_stops_the_start()
    {
        File.WriteAllText(Path.Combine(folder, "token-keys"), "0 17 short\n");
        Assert.Throws<InvalidDataException>(NewKeys);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TokenKeys NewKeys() =>
        new(new IdentityOptions { KeyFolder = folder, KeyRotation = Rotation }, time, Randomness.Secure());
}
