using System.Globalization;
using System.Text;

namespace Pipeline.Runtime;

/// <summary>Adds what it knows to a scrape; registered as a singleton by whoever has figures of its own.</summary>
public delegate Task MetricsSampler(PrometheusText text);

/// <summary>Prometheus' text format, version 0.0.4: a family's head, then its samples.</summary>
public sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder text = new();

    /// <param name="type">`counter`, `gauge` or `histogram`.</param>
    public void Family(string name, string type, string help)
    {
        text.Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help.Replace("\\", @"\\").Replace("\n", @"\n"))
            .Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',')
                .Append(labels[i].Name)
                .Append("=\"")
                .Append(labels[i].Value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n"))
                .Append('"');
        text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
    }

    /// <summary>A gauge with one sample.</summary>
    public void Gauge(string name, string help, double value)
    {
        Family(name, "gauge", help);
        Sample(name, value);
    }

    public override string ToString() => text.ToString();

    internal static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
