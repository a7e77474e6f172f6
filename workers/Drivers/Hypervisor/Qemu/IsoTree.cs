using System.Buffers.Binary;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>One of the image's two trees of directories; both point at the same contents.</summary>
internal sealed class IsoTree(IsoNames names)
{
    private readonly Folder _root = new([0], parent: null);
    private List<Folder> _folders = [];

    public IsoNames Names => names;

    public int TableBytes => _folders.Sum(folder => TableEntryBytes(folder.Name));

    public int LittleTable { get; private set; }

    public int BigTable { get; private set; }

    public void Add(string[] path, int content)
    {
        var folder = _root;
        foreach (var part in path[..^1])
            folder = folder.Enter(part, names);
        folder.Files.Add((Unused(folder, among => names.File(path[^1], among)), content));
    }

    /// <summary>Gives tables and directories their sectors; returns the next free one.</summary>
    public int Place(int next)
    {
        _folders = [_root];
        for (var index = 0; index < _folders.Count; index++)
            _folders.AddRange(_folders[index].Folders.Values.OrderBy(folder => folder.Name, ByteOrder.Instance));
        LittleTable = next;
        BigTable = next += Iso9660.Sectors(TableBytes);
        next += Iso9660.Sectors(TableBytes);
        foreach (var (folder, index) in _folders.Select((folder, index) => (folder, index)))
        {
            (folder.Number, folder.Sector) = (index + 1, next);
            folder.Bytes = Records(folder, []).Sum(record => record.Padding + record.Bytes.Length);
            folder.Bytes = Iso9660.Sectors(folder.Bytes) * Iso9660.Sector;
            next += Iso9660.Sectors(folder.Bytes);
        }
        return next;
    }

    public void WriteRoot(Span<byte> at) => Record([0], _root.Sector, _root.Bytes, isFolder: true).CopyTo(at);

    public void WriteTo(byte[] image, (int Sector, int Bytes)[] extents)
    {
        WriteTable(image.AsSpan(LittleTable * Iso9660.Sector), big: false);
        WriteTable(image.AsSpan(BigTable * Iso9660.Sector), big: true);
        foreach (var folder in _folders)
        {
            var at = folder.Sector * Iso9660.Sector;
            foreach (var (padding, bytes) in Records(folder, extents))
            {
                bytes.CopyTo(image, at += padding);
                at += bytes.Length;
            }
        }
    }

    private void WriteTable(Span<byte> table, bool big)
    {
        foreach (var folder in _folders)
        {
            var parent = (short)(folder.Parent ?? folder).Number;
            table[0] = (byte)folder.Name.Length;
            if (big)
            {
                BinaryPrimitives.WriteInt32BigEndian(table[2..], folder.Sector);
                BinaryPrimitives.WriteInt16BigEndian(table[6..], parent);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(table[2..], folder.Sector);
                BinaryPrimitives.WriteInt16LittleEndian(table[6..], parent);
            }
            folder.Name.CopyTo(table[8..]);
            table = table[TableEntryBytes(folder.Name)..];
        }
    }

    // A record never crosses from one sector into the next: before it, the rest of the sector stays empty.
    private static IEnumerable<(int Padding, byte[] Bytes)> Records(Folder folder, (int Sector, int Bytes)[] extents)
    {
        var used = 0;
        var up = folder.Parent ?? folder;
        byte[][] self = [Record([0], folder.Sector, folder.Bytes, true), Record([1], up.Sector, up.Bytes, true)];
        var children = folder
            .Folders.Values.Select(child => (child.Name, Record: Record(child.Name, child.Sector, child.Bytes, true)))
            .Concat(folder.Files.Select(file => (file.Name, Record: FileRecord(file.Name, file.Content, extents))))
            .OrderBy(child => child.Name, ByteOrder.Instance)
            .Select(child => child.Record);
        foreach (var record in self.Concat(children))
        {
            var left = Iso9660.Sector - (used % Iso9660.Sector);
            var padding = record.Length > left ? left : 0;
            used += padding + record.Length;
            yield return (padding, record);
        }
    }

    private static byte[] FileRecord(byte[] name, int content, (int Sector, int Bytes)[] extents) =>
        content < extents.Length
            ? Record(name, extents[content].Sector, extents[content].Bytes, isFolder: false)
            : Record(name, 0, 0, isFolder: false);

    // ECMA-119, 9.1; its length is even.
    private static byte[] Record(byte[] name, int sector, int bytes, bool isFolder)
    {
        var record = new byte[33 + name.Length + (1 - (name.Length % 2))];
        record[0] = (byte)record.Length;
        Iso9660.BothEndian(record.AsSpan(2), sector);
        Iso9660.BothEndian(record.AsSpan(10), bytes);
        (record[18], record[19], record[20]) = (70, 1, 1); // years since 1900, month, day
        record[25] = isFolder ? (byte)2 : (byte)0;
        Iso9660.BothEndian(record.AsSpan(28), (short)1);
        record[32] = (byte)name.Length;
        name.CopyTo(record, 33);
        return record;
    }

    private static int TableEntryBytes(byte[] name) => 8 + name.Length + (name.Length % 2);

    private static byte[] Unused(Folder folder, Func<int, byte[]> name)
    {
        for (var among = 0; ; among++)
            if (name(among) is var bytes && !folder.Names.Any(taken => taken.AsSpan().SequenceEqual(bytes)))
                return bytes;
    }

    private sealed class Folder(byte[] name, Folder? parent)
    {
        public byte[] Name => name;

        public Folder? Parent => parent;

        public SortedDictionary<string, Folder> Folders { get; } = new(StringComparer.Ordinal);

        public List<(byte[] Name, int Content)> Files { get; } = [];

        public IEnumerable<byte[]> Names =>
            Folders.Values.Select(child => child.Name).Concat(Files.Select(file => file.Name));

        public int Number { get; set; }

        public int Sector { get; set; }

        public int Bytes { get; set; }

        public Folder Enter(string part, IsoNames names)
        {
            if (!Folders.TryGetValue(part, out var child))
                Folders[part] = child = new Folder(Unused(this, among => names.Folder(part, among)), this);
            return child;
        }
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
