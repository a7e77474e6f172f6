using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Identity.Users;

internal sealed record UserDocument(UserView User);

internal sealed record UserList(IReadOnlyList<UserView> Users, ListLinks Links);

/// <param name="PasswordExpiresAt">Null: passwords hold until they are changed.</param>
internal sealed record UserView(
    UserId Id,
    string Name,
    DomainId DomainId,
    bool Enabled,
    string? PasswordExpiresAt,
    UserOptions Options,
    SelfLink Links
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProjectId? DefaultProjectId { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    public static UserView Of(HttpRequest request, IdentityUrls urls, User user) =>
        new(
            user.Id,
            user.Name,
            user.DomainId,
            user.Enabled,
            user.PasswordExpiresAt is { } end ? Times.Show(end) : null,
            UserOptions.Parse(user.Options),
            new(urls.Of(request, $"users/{user.Id}"))
        )
        {
            DefaultProjectId = user.DefaultProjectId,
            Extra = Extras.Show(user.Extra),
        };

    public static Answer Answer(int status, HttpRequest request, IdentityUrls urls, User user) =>
        Runtime.Answer.Json(status, new UserDocument(Of(request, urls, user)), IdentityJson.Default.UserDocument);
}
