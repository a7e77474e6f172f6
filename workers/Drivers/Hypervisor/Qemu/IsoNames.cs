using System.Text;

namespace Pipeline.Drivers.Hypervisor.Qemu;

/// <summary>How one of the image's two trees writes names.</summary>
internal abstract class IsoNames
{
    public static readonly IsoNames Plain = new PlainNames();
    public static readonly IsoNames Joliet = new JolietNames();

    public abstract byte DescriptorType { get; }

    public abstract byte[] EscapeSequence { get; }

    public abstract byte[] File(string name, int among);

    public abstract byte[] Folder(string name, int among);

    /// <summary>Writes a text into a field of the descriptor, padded with spaces.</summary>
    public abstract void Fill(Span<byte> field, string text);

    // Linux lowers these names and drops the version, so even without Joliet a config drive reads right.
    private sealed class PlainNames : IsoNames
    {
        public override byte DescriptorType => 1;

        public override byte[] EscapeSequence => [];

        public override byte[] File(string name, int among)
        {
            var dot = name.LastIndexOf('.');
            var (stem, extension) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
            return Encoding.ASCII.GetBytes($"{Fit(stem, 21, among)}.{Fit(extension, 8, 0)};1");
        }

        public override byte[] Folder(string name, int among) => Encoding.ASCII.GetBytes(Fit(name, 31, among));

        public override void Fill(Span<byte> field, string text)
        {
            field.Fill((byte)' ');
            Encoding.ASCII.GetBytes(text, field);
        }

        private static string Fit(string name, int length, int among)
        {
            var fit = string.Concat(name.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            var number = among > 0 ? $"_{among}" : "";
            return fit[..Math.Min(fit.Length, length - number.Length)] + number;
        }
    }

    private sealed class JolietNames : IsoNames
    {
        public override byte DescriptorType => 2;

        public override byte[] EscapeSequence => "%/E"u8.ToArray(); // UCS-2, level 3

        public override byte[] File(string name, int among) => Encoding.BigEndianUnicode.GetBytes($"{name};1");

        public override byte[] Folder(string name, int among) => Encoding.BigEndianUnicode.GetBytes(name);

        public override void Fill(Span<byte> field, string text)
        {
            for (var at = 0; at + 1 < field.Length; at += 2)
                (field[at], field[at + 1]) = (0, at / 2 < text.Length ? (byte)text[at / 2] : (byte)' ');
        }
    }
}
