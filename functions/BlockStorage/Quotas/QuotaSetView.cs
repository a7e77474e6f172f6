using System.Text.Json;
using Pipeline.Data;

namespace Pipeline.BlockStorage.Quotas;

internal static class QuotaSetView
{
    /// <param name="id">A project's, or a class's name; null where the answer has none.</param>
    public static Answer Of(QuotaSet set, string? id) => Of("quota_set", set, id, WriteLimit);

    public static Answer Detailed(QuotaSet set, string id) => Of("quota_set", set, id, WriteUsage);

    public static Answer Class(QuotaSet set, string? id) => Of("quota_class_set", set, id, WriteLimit);

    private static Answer Of(string name, QuotaSet set, string? id, Action<Utf8JsonWriter, ShownQuota> write) =>
        Answer.Written(
            200,
            w =>
            {
                w.WriteStartObject();
                w.WriteStartObject(name);
                if (id is not null)
                    w.WriteString("id", id);
                foreach (var quota in set.All)
                    write(w, quota);
                w.WriteEndObject();
                w.WriteEndObject();
            }
        );

    private static void WriteLimit(Utf8JsonWriter w, ShownQuota shown) => w.WriteNumber(shown.Name, shown.Quota.Limit);

    private static void WriteUsage(Utf8JsonWriter w, ShownQuota shown)
    {
        var quota = shown.Quota;
        w.WriteStartObject(shown.Name);
        w.WriteNumber("limit", quota.Limit);
        w.WriteNumber("in_use", quota.Used);
        w.WriteNumber("reserved", 0);
        w.WriteEndObject();
    }
}
