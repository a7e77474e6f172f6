using Pipeline.Data;
using Pipeline.Identity.Cache;

namespace Pipeline.Identity.Roles;

internal sealed record RoleInferenceDocument(RoleInferenceView RoleInference, SelfLink Links);

internal sealed record RoleInferenceView(RoleRefView PriorRole, RoleRefView Implies);

internal sealed record RoleInferencesDocument(RoleInferencesView RoleInference, SelfLink Links);

internal sealed record RoleInferenceList(IReadOnlyList<RoleInferencesView> RoleInferences, SelfLink Links);

/// <summary>A role with all that it implies directly.</summary>
internal sealed record RoleInferencesView(RoleRefView PriorRole, IReadOnlyList<RoleRefView> Implies);

internal sealed record RoleRefView(RoleId Id, SelfLink Links, string Name)
{
    public static RoleRefView Of(HttpRequest request, IdentityUrls urls, Role role) =>
        new(role.Id, new(urls.Of(request, $"roles/{role.Id}")), role.Name);
}

/// <summary>One role that implies another, by its path.</summary>
internal sealed record InferencePath(string PriorRoleId, string ImpliedRoleId)
{
    public const string ListRoute = "identity/v3/roles/{prior_role_id}/implies";
    public const string Route = $"{ListRoute}/{{implied_role_id}}";

    public string Target => $"role/{PriorRoleId}/implies/{ImpliedRoleId}";

    /// <exception cref="Fault">NotFound for the first role that does not exist.</exception>
    public async ValueTask<(Role Prior, Role Implied)> FindAsync(Tx tx, IdentityStore store) =>
        (
            await store.FindRoleAsync(tx, PriorRoleId) ?? throw Refusals.NotFound("role", PriorRoleId),
            await store.FindRoleAsync(tx, ImpliedRoleId) ?? throw Refusals.NotFound("role", ImpliedRoleId)
        );

    public async ValueTask<bool> HoldsAsync(Tx tx, IdentityStore store) =>
        (await store.ImplicationsAsync(tx)).Any(Same);

    public Fault NotImplied() => Fault.NotFound($"{PriorRoleId} does not imply {ImpliedRoleId}.");

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, Role prior, Role implied) =>
        Runtime.Answer.Json(
            status,
            new RoleInferenceDocument(
                new(RoleRefView.Of(request, urls, prior), RoleRefView.Of(request, urls, implied)),
                new(urls.Of(request, $"roles/{prior.Id}/implies/{implied.Id}"))
            ),
            IdentityJson.Default.RoleInferenceDocument
        );

    private bool Same(Implication one) => one.RoleId.Value == PriorRoleId && one.ImpliedId.Value == ImpliedRoleId;
}
