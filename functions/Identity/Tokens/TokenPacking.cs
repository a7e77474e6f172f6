using System.Buffers.Binary;

namespace Pipeline.Identity.Tokens;

/// <summary>
/// A token as few bytes: flags, methods, kind of scope, user, project, audit ids, times in seconds, version, role numbers. Its format is
/// named in the flags, so that another one can follow while tokens of this one still live.
/// </summary>
internal static class TokenPacking
{
    /// <summary>What still fits a sealed token of 250 characters.</summary>
    public const int MostBytes = 158;

    private const byte Format = 2 << 4;
    private const byte FormatBits = 0xf0;
    private const byte HasScopeId = 1;
    private const byte HasRoot = 2;
    private const byte HasRoles = 4;
    private const byte KindBits = 0x0f;

    public static int Pack(Token token, Span<byte> into)
    {
        var bytes = Write(token, token.Roles, into);
        // So many roles are rare: then the token says "those that hold", and its check looks them up.
        return bytes <= MostBytes ? bytes : Write(token, null, into);
    }

    /// <summary>Null for bytes of a format that this version does not know.</summary>
    public static Token? Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = new Reader(packed);
        var flags = reader.Byte();
        if ((flags & FormatBits) != Format)
            return null;
        var methods = (AuthMethods)reader.Byte();
        var kinds = reader.Byte();
        var user = new UserId(reader.Guid().ToString("N"));
        var scope = Scope(ref reader, (ScopeKind)(kinds & KindBits), (flags & HasScopeId) != 0);
        Delegated? delegation = kinds >> 4 is var kind and > 0
            ? new((DelegationKind)kind, reader.Guid().ToString("N"))
            : null;
        var id = new AuditId(reader.Guid());
        AuditId? root = (flags & HasRoot) != 0 ? new AuditId(reader.Guid()) : null;
        var between = new ulong[root is null ? 0 : reader.Byte()];
        for (var i = 0; i < between.Length; i++)
            between[i] = reader.Mark();
        var issued = reader.Number();
        var expires = issued + reader.Number();
        var version = reader.Number();
        return new(user, scope, methods, id, Seconds(issued), Seconds(expires), version)
        {
            Root = root,
            Between = between,
            Delegation = delegation,
            Roles = (flags & HasRoles) != 0 ? Numbers(ref reader) : null,
        };
    }

    private static int Write(Token token, IReadOnlyList<int>? roles, Span<byte> into)
    {
        var writer = new Writer(into);
        Guid? scopeId = Guid.TryParseExact(token.Scope.Id, "N", out var parsed) ? parsed : null;
        writer.Byte(
            (byte)(
                Format
                | (scopeId is null ? 0 : HasScopeId)
                | (token.Root is null ? 0 : HasRoot)
                | (roles is null ? 0 : HasRoles)
            )
        );
        writer.Byte((byte)token.Methods);
        writer.Byte((byte)((byte)token.Scope.Kind | ((token.Delegation is { } by ? (byte)by.Kind : 0) << 4)));
        writer.Guid(Guid.ParseExact(token.User.Value, "N"));
        if (scopeId is { } id)
            writer.Guid(id);
        if (token.Delegation is { } delegation)
            writer.Guid(Guid.ParseExact(delegation.Id, "N"));
        writer.Guid(token.Id.Value);
        if (token.Root is { } root)
        {
            writer.Guid(root.Value);
            writer.Byte((byte)token.Between.Count);
            foreach (var mark in token.Between)
                writer.Mark(mark);
        }
        var issued = token.IssuedAt.ToUnixTimeSeconds();
        writer.Number(issued);
        writer.Number(token.ExpiresAt.ToUnixTimeSeconds() - issued);
        writer.Number(token.Version);
        foreach (var role in roles ?? [])
            writer.Number(role);
        return writer.Count;
    }

    // The first domain has a word for its id, and the system has no other.
    private static TokenScope Scope(ref Reader reader, ScopeKind kind, bool hasId) =>
        kind switch
        {
            ScopeKind.None => TokenScope.None,
            ScopeKind.System => TokenScope.System,
            ScopeKind.Receipt => TokenScope.Receipt,
            _ when hasId => new(kind, reader.Guid().ToString("N")),
            _ => TokenScope.Of(Domains.Domain.Default),
        };

    private static List<int> Numbers(ref Reader reader)
    {
        var numbers = new List<int>();
        while (!reader.AtEnd)
            numbers.Add((int)reader.Number());
        return numbers;
    }

    private static DateTimeOffset Seconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    /// <summary>Counts on past the end of its room, so that its user learns how much was needed.</summary>
    private ref struct Writer(Span<byte> room)
    {
        private readonly Span<byte> room = room;

        public int Count { get; private set; }

        public void Byte(byte value)
        {
            if (Count < room.Length)
                room[Count] = value;
            Count++;
        }

        public void Guid(Guid value)
        {
            Span<byte> bytes = stackalloc byte[16];
            value.TryWriteBytes(bytes, bigEndian: true, out _);
            foreach (var b in bytes)
                Byte(b);
        }

        public void Mark(ulong value)
        {
            for (var shift = 0; shift < 64; shift += 8)
                Byte((byte)(value >> shift));
        }

        public void Number(long value)
        {
            for (; value >= 0x80; value >>= 7)
                Byte((byte)(value | 0x80));
            Byte((byte)value);
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> left = bytes;

        public readonly bool AtEnd => left.IsEmpty;

        public byte Byte()
        {
            var value = left[0];
            left = left[1..];
            return value;
        }

        public Guid Guid()
        {
            var value = new Guid(left[..16], bigEndian: true);
            left = left[16..];
            return value;
        }

        public ulong Mark()
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(left);
            left = left[8..];
            return value;
        }

        public long Number()
        {
            long value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = Byte();
                value |= (long)(b & 0x7f) << shift;
                if (b < 0x80)
                    return value;
            }
        }
    }
}
