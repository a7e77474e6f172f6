using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// An account's key and what it signs: requests ("Authorize with Shared Key", 2009-09-19 and later) and the strings
/// of shared access signatures. Prints as the account's name.
/// </summary>
internal sealed class SharedKey(string account, byte[] key)
{
    public string Account => account;

    public string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    public string Authorization(StorageRequest request, (string Name, string Value)[] headers) =>
        $"SharedKey {account}:{Sign(TextOf(request, headers))}";

    public override string ToString() => account;

    private string TextOf(StorageRequest request, (string Name, string Value)[] headers)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method.Method).Append("\n\n\n"); // no Content-Encoding, no Content-Language
        if (request.Body.Length > 0)
            text.Append(request.Body.Length);
        text.Append("\n\n").Append(request.ContentType).Append("\n\n\n"); // nor Content-MD5, Date, If-Modified-Since
        text.Append(request.IfMatch).Append('\n').Append(request.IfNoneMatch).Append("\n\n\n"); // nor Range: x-ms-range
        foreach (var (name, value) in Sorted(headers))
            text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('/').Append(account).Append(request.Resource.AbsolutePath);
        foreach (var (name, value) in Sorted(request.Query))
            text.Append('\n').Append(name).Append(':').Append(value);
        return text.ToString();
    }

    private static (string Name, string Value)[] Sorted((string Name, string Value)[] pairs)
    {
        if (pairs.Length > 1)
            Array.Sort(pairs, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return pairs;
    }
}
