using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Identity.Activities;
using Pipeline.Identity.ApplicationCredentials;
using Pipeline.Identity.Assignments;
using Pipeline.Identity.Auth;
using Pipeline.Identity.Catalog;
using Pipeline.Identity.Changes;
using Pipeline.Identity.Credentials;
using Pipeline.Identity.Domains;
using Pipeline.Identity.Federation;
using Pipeline.Identity.Groups;
using Pipeline.Identity.Limits;
using Pipeline.Identity.Orchestrations;
using Pipeline.Identity.Projects;
using Pipeline.Identity.Purge;
using Pipeline.Identity.Roles;
using Pipeline.Identity.Tokens;
using Pipeline.Identity.Trusts;
using Pipeline.Identity.Users;
using Pipeline.Identity.Versions;

namespace Pipeline.Identity;

/// <summary>Every answer of this service.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(ReceiptDocument))]
[JsonSerializable(typeof(RevocationList))]
[JsonSerializable(typeof(ProviderDocument))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(ProtocolDocument))]
[JsonSerializable(typeof(ProtocolList))]
[JsonSerializable(typeof(MappingDocument))]
[JsonSerializable(typeof(MappingList))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(UserOptions))]
[JsonSerializable(typeof(CatalogDocument))]
[JsonSerializable(typeof(SystemScopes))]
[JsonSerializable(typeof(DomainDocument))]
[JsonSerializable(typeof(DomainList))]
[JsonSerializable(typeof(ProjectDocument))]
[JsonSerializable(typeof(ProjectList))]
[JsonSerializable(typeof(UserDocument))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(GroupDocument))]
[JsonSerializable(typeof(GroupList))]
[JsonSerializable(typeof(RoleInferenceDocument))]
[JsonSerializable(typeof(RoleInferencesDocument))]
[JsonSerializable(typeof(RoleInferenceList))]
[JsonSerializable(typeof(TagsDocument))]
[JsonSerializable(typeof(ProjectTreeDocument))]
[JsonSerializable(typeof(CredentialDocument))]
[JsonSerializable(typeof(CredentialList))]
[JsonSerializable(typeof(AccessRuleDocument))]
[JsonSerializable(typeof(AccessRuleList))]
[JsonSerializable(typeof(AccessRuleView[]))]
[JsonSerializable(typeof(CredentialRecord))]
[JsonSerializable(typeof(CredentialRecords))]
[JsonSerializable(typeof(Ec2Blob))]
[JsonSerializable(typeof(Ec2Record))]
[JsonSerializable(typeof(Ec2Records))]
[JsonSerializable(typeof(TrustDocument))]
[JsonSerializable(typeof(TrustList))]
[JsonSerializable(typeof(RoleDocument))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(AssignmentList))]
[JsonSerializable(typeof(ServiceDocument))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(EndpointDocument))]
[JsonSerializable(typeof(EndpointList))]
[JsonSerializable(typeof(RegionDocument))]
[JsonSerializable(typeof(RegionList))]
[JsonSerializable(typeof(PurgeView))]
[JsonSerializable(typeof(PurgePlanDocument))]
[JsonSerializable(typeof(OwnerlessList))]
[JsonSerializable(typeof(RegisteredLimitDocument))]
[JsonSerializable(typeof(RegisteredLimitList))]
[JsonSerializable(typeof(RegisteredLimitsMade))]
[JsonSerializable(typeof(LimitDocument))]
[JsonSerializable(typeof(LimitList))]
[JsonSerializable(typeof(LimitsMade))]
[JsonSerializable(typeof(LimitModelDocument))]
[JsonSerializable(typeof(VersionsDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class IdentityJson : JsonSerializerContext;

/// <summary>What stands in histories.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(PurgeProject))]
[JsonSerializable(typeof(PurgeProgress))]
[JsonSerializable(typeof(RemoveHoldings))]
[JsonSerializable(typeof(RemovedHoldings))]
[JsonSerializable(typeof(ForgetProject))]
internal sealed partial class IdentityDurableJson : JsonSerializerContext;
