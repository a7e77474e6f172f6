using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Data;

namespace Pipeline.Identity.Tokens;

/// <summary>
/// Tokens on the wire: key id, nonce, AES-256-GCM, tag, as at most 250 characters of base64url. The cloud and its line of
/// epochs are authenticated too, so that a token from before a restore of the database opens no more.
/// </summary>
internal sealed class TokenSeal(TokenKeys keys, Cloud cloud, Randomness randomness)
{
    public const int MostCharacters = 250;
    private const int Overhead = 1 + TokenKey.NonceSize + TokenKey.TagSize;
    private const int Slots = 8192; // a power of two

    // A client shows the same token with every request. Only what was sealed here gets in, so strangers cannot fill it; a token takes
    // the place of the one that was in its slot, so that none costs more than being opened anew.
    private readonly Opened?[] opened = new Opened?[Slots];

    private readonly byte[] realm = Encoding.UTF8.GetBytes($"token/{cloud.Id}/{cloud.Line}");

    public string Seal(Token token)
    {
        Span<byte> packed = stackalloc byte[TokenPacking.MostBytes];
        packed = packed[..TokenPacking.Pack(token, packed)];
        Span<byte> box = stackalloc byte[Overhead + packed.Length];
        var key = keys.Primary;
        box[0] = key.Id;
        var nonce = box.Slice(1, TokenKey.NonceSize);
        randomness.Fill(nonce);
        var cipher = key.Take();
        var text = box.Slice(1 + TokenKey.NonceSize, packed.Length);
        cipher.Encrypt(nonce, packed, text, box[^TokenKey.TagSize..], realm);
        key.GiveBack(cipher);
        return Base64Url.EncodeToString(box);
    }

    /// <summary>Null for whatever this cloud has not sealed; says nothing on whether the token still holds.</summary>
    public Token? Open(string text)
    {
        if (text.Length < TokenKey.TagSize)
            return null;
        // The end of a token is part of its tag, and so as good as random.
        ref var slot = ref opened[string.GetHashCode(text.AsSpan(text.Length - TokenKey.TagSize)) & (Slots - 1)];
        if (Volatile.Read(ref slot) is { } known && known.Text == text && keys.Find(known.Key.Id) == known.Key)
            return known.Token;
        Span<byte> box = stackalloc byte[MostCharacters];
        if (text.Length > MostCharacters || !TryDecode(text, box, out var length) || length <= Overhead)
            return null;
        box = box[..length];
        if (keys.Find(box[0]) is not { } key)
            return null;
        Span<byte> packed = stackalloc byte[length - Overhead];
        if (!TryDecrypt(key, box, packed) || TokenPacking.Unpack(packed) is not { } token)
            return null;
        Volatile.Write(ref slot, new(text, key, token));
        return token;
    }

    /// <summary>The same, of a token that another functions host may have sealed by a key that is new here.</summary>
    public async ValueTask<Token?> OpenAsync(string text) =>
        Open(text) is { } token ? token
        : IsOfUnknownKey(text) && await keys.LookAsync() ? Open(text)
        : null;

    private bool IsOfUnknownKey(string text)
    {
        Span<byte> box = stackalloc byte[MostCharacters];
        return text.Length <= MostCharacters
            && TryDecode(text, box, out var length)
            && length > Overhead
            && keys.Find(box[0]) is null;
    }

    private bool TryDecrypt(TokenKey key, ReadOnlySpan<byte> box, Span<byte> packed)
    {
        var cipher = key.Take();
        try
        {
            var text = box.Slice(1 + TokenKey.NonceSize, packed.Length);
            cipher.Decrypt(box.Slice(1, TokenKey.NonceSize), text, box[^TokenKey.TagSize..], packed, realm);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            key.GiveBack(cipher);
        }
    }

    // Padding and blanks, which the decoder would skip, are refused: a token has one spelling.
    private static bool TryDecode(string text, Span<byte> into, out int length)
    {
        length = 0;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        return Base64Url.DecodeFromChars(text, into, out _, out length) == OperationStatus.Done;
    }

    private sealed record Opened(string Text, TokenKey Key, Token Token)
    {
        public override string ToString() => "token"; // a record would print it
    }
}
