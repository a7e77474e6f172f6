using System.Data;
using Dapper;
using Pipeline.Contracts;

namespace Pipeline.Data;

/// <summary>How .NET values stand in columns, the same on both stores: ids as text, time as UTC microseconds, booleans as 0/1.</summary>
internal static class Columns
{
    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>Dapper's handlers are per process: registered once, by the first store that opens.</summary>
    public static void Ensure() => _ = Registered.Value;

    private static bool Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        foreach (var type in new[] { typeof(DateTimeOffset), typeof(DateTimeOffset?), typeof(bool), typeof(bool?) })
            SqlMapper.RemoveTypeMap(type);
        SqlMapper.AddTypeHandler(new TimeColumn());
        SqlMapper.AddTypeHandler(new BooleanColumn());
        RegisterId<ServerId>();
        RegisterId<PortId>();
        RegisterId<NetworkId>();
        RegisterId<SubnetId>();
        RegisterId<SecurityGroupId>();
        RegisterId<SecurityGroupRuleId>();
        RegisterId<SubnetPoolId>();
        RegisterId<AddressScopeId>();
        RegisterId<AddressGroupId>();
        RegisterId<RbacPolicyId>();
        RegisterId<QosPolicyId>();
        RegisterId<TrunkId>();
        RegisterId<QosRuleId>();
        RegisterId<RouterId>();
        RegisterId<FloatingIpId>();
        RegisterId<PortForwardingId>();
        RegisterId<ImageId>();
        RegisterId<VolumeId>();
        RegisterId<SnapshotId>();
        RegisterId<VolumeTypeId>();
        RegisterId<QosSpecsId>();
        RegisterId<AttachmentId>();
        RegisterId<BackupId>();
        RegisterId<BackupFolderId>();
        RegisterId<TransferId>();
        RegisterId<VolumeMessageId>();
        RegisterId<SecretId>();
        RegisterId<HostId>();
        RegisterId<ProjectId>();
        RegisterId<UserId>();
        RegisterId<DomainId>();
        RegisterId<RoleId>();
        RegisterId<GroupId>();
        return true;
    }

    private static void RegisterId<TId>()
        where TId : struct, IId<TId> => SqlMapper.AddTypeHandler(new IdColumn<TId>());

    private sealed class IdColumn<TId> : SqlMapper.TypeHandler<TId>
        where TId : struct, IId<TId>
    {
        public override TId Parse(object value) =>
            TId.TryParse((string)value, out var id)
                ? id
                : throw new DataException($"'{value}' in a column of {typeof(TId).Name}");

        public override void SetValue(IDbDataParameter parameter, TId value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value.ToString();
        }
    }

    private sealed class TimeColumn : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => Time.FromMicroseconds((long)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = Time.ToMicroseconds(value);
        }
    }

    private sealed class BooleanColumn : SqlMapper.TypeHandler<bool>
    {
        public override bool Parse(object value) => Convert.ToInt64(value) != 0;

        public override void SetValue(IDbDataParameter parameter, bool value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value ? 1L : 0L;
        }
    }
}

/// <summary>Time as it stands in columns: UTC microseconds since 1970.</summary>
public static class Time
{
    public static long ToMicroseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long value) =>
        DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);
}
