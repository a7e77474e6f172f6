using Pipeline.Data;

namespace Pipeline.Contracts.Network;

/// <summary>Query interface of the network service: security groups, for those who show them.</summary>
public interface ISecurityGroups
{
    /// <summary>
    /// The project's groups with their rules, in the order of their names. Its `default` group is made when it is not there
    /// yet, so the transaction must be one that writes.
    /// </summary>
    ValueTask<IReadOnlyList<SecurityGroupFacts>> ListAsync(Tx tx, ProjectId project);

    /// <summary>A page of all projects' groups, for operators.</summary>
    ValueTask<IReadOnlyList<SecurityGroupFacts>> ListAllAsync(Tx tx, int skip, int take);

    /// <summary>The groups of a server's ports, each once, in the order of their names.</summary>
    ValueTask<IReadOnlyList<SecurityGroupFacts>> ListOfServerAsync(Tx tx, ServerId server);
}

/// <summary>Claim interface of the network service: changes of a project's security groups, and of a server's.</summary>
public interface ISecurityGroupClaims
{
    /// <summary>Makes a group with the rules that the cloud gives new ones.</summary>
    /// <exception cref="Fault">Conflict for the name of the default group; QuotaExceeded.</exception>
    ValueTask<SecurityGroupFacts> AddAsync(Tx tx, ProjectId project, string name, string description);

    /// <exception cref="Fault">NotFound when the project has no such group; Conflict for the default group's name.</exception>
    ValueTask<SecurityGroupFacts> RenameAsync(
        Tx tx,
        ProjectId project,
        SecurityGroupId id,
        string name,
        string description
    );

    /// <exception cref="Fault">NotFound when the project has no such group; Conflict for the default one and one in use.</exception>
    ValueTask RemoveAsync(Tx tx, ProjectId project, SecurityGroupId id);

    /// <summary>Lets something in.</summary>
    /// <exception cref="Fault">NotFound for a group; BadRequest for what is no rule; Conflict for one that is there; QuotaExceeded.</exception>
    ValueTask<SecurityGroupRuleFacts> AddRuleAsync(Tx tx, ProjectId project, NewIngress rule);

    /// <exception cref="Fault">NotFound when the project has no such rule.</exception>
    ValueTask RemoveRuleAsync(Tx tx, ProjectId project, Guid rule);

    /// <summary>Puts every filtered port of a server into a group, and tells its host. In it already is success.</summary>
    /// <exception cref="Fault">BadRequest when the server has no port that is filtered; Conflict for a group of the other kind.</exception>
    ValueTask AddToServerAsync(Tx tx, ServerId server, SecurityGroupId group);

    /// <summary>Takes every port of a server out of a group, and tells its host.</summary>
    /// <exception cref="Fault">NotFound when none of them is in it.</exception>
    ValueTask RemoveFromServerAsync(Tx tx, ServerId server, SecurityGroupId group);
}

public sealed record SecurityGroupFacts(
    SecurityGroupId Id,
    ProjectId Project,
    string Name,
    string Description,
    IReadOnlyList<SecurityGroupRuleFacts> Rules
);

/// <param name="Protocol">A name or a number; null for any.</param>
/// <param name="RemoteGroup">The name of the group whose members it names; null for a rule by address.</param>
/// <param name="RemotePrefix">A CIDR; null for any address.</param>
public sealed record SecurityGroupRuleFacts(
    Guid Id,
    SecurityGroupId Group,
    bool Ingress,
    string? Protocol,
    int? FromPort,
    int? ToPort,
    string? RemoteGroup,
    string? RemotePrefix
);

/// <param name="FromPort">The first port, or ICMP's type; null for all.</param>
/// <param name="ToPort">The last port, or ICMP's code; null for all.</param>
/// <param name="RemoteGroup">The group whose members may come in; excludes a prefix.</param>
/// <param name="RemotePrefix">A CIDR; null for any address.</param>
public sealed record NewIngress(
    SecurityGroupId Group,
    string? Protocol,
    int? FromPort,
    int? ToPort,
    SecurityGroupId? RemoteGroup,
    string? RemotePrefix
);
