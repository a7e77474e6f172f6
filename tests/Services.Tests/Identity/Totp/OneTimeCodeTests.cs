using System.Text;
using Pipeline.Identity.Totp;

namespace Pipeline.Services.Tests.Identity.Totp;

public sealed class OneTimeCodeTests
{
    // RFC 6238, appendix B: the last six of its eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        var step = OneTimeCode.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds));
        Assert.Equal(code, OneTimeCode.At(Encoding.ASCII.GetBytes("12345678901234567890"), step));
    }

    // RFC 4648, section 10.
    [Theory]
    [InlineData("MZXW6YTBOI======", "foobar")]
    [InlineData("MZXW6YTB", "fooba")]
    [InlineData("mzxw6yq", "foob")]
    [InlineData("MY", "f")]
    public void Secrets_are_base32_with_or_without_padding(string text, string secret) =>
        Assert.Equal(secret, Encoding.ASCII.GetString(OneTimeCode.Secret(text)!));

    [Theory]
    [InlineData("")]
    [InlineData("M1")]
    [InlineData("MZXW 6YTB")]
    public void What_is_no_base32_is_no_secret(string text) => Assert.Null(OneTimeCode.Secret(text));
}
