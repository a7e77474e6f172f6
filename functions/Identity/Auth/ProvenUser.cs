using Pipeline.Data;
using Pipeline.Identity.Cache;
using Pipeline.Identity.Passwords;
using Pipeline.Identity.Totp;

namespace Pipeline.Identity.Auth;

/// <summary>Who a login by password, code and token is. Every part is looked at before one word is said of any.</summary>
internal sealed class ProvenUser(
    Names names,
    PasswordCheck passwords,
    TotpCheck codes,
    Activity activity,
    TimeProvider time
)
{
    /// <param name="already">The user of the token, and of the receipt, that the login brings.</param>
    /// <exception cref="Fault">Unauthorized, whatever is wrong; that a password is right and has expired is told.</exception>
    public async ValueTask<UserFacts> FindAsync(AuthRequest auth, IReadOnlyList<UserId> already, HttpContext context)
    {
        var byPassword = auth.Password is { } proof ? await names.UserAsync(proof.User) : null;
        var byCode = auth.Totp is { } code ? await names.UserAsync(code.User) : null;
        var right = auth.Password is null || await passwords.VerifyAsync(byPassword, auth.Password.Password, context);
        var found = auth.Totp is null ? null : await codes.FindAsync(byCode, auth.Totp.Passcode);
        var user = byPassword ?? byCode ?? (already.Count > 0 ? await names.UserAsync(already[0]) : null);
        var one =
            user is { Enabled: true }
            && (auth.Password is null || byPassword?.Id == user.Id)
            && (auth.Totp is null || byCode?.Id == user.Id)
            && already.All(id => id == user.Id)
            && !activity.IsOver(user);
        if (right && one && auth.Totp is not null && (found is null || !await codes.UseAsync(found)))
        {
            await codes.CountWrongAsync(user);
            throw Refusals.Unauthorized();
        }
        if (!right || !one)
        {
            if (auth.Totp is not null)
                await codes.CountWrongAsync(null);
            throw Refusals.Unauthorized();
        }
        if (auth.Password is not null && user!.PasswordIsOver(time.GetUtcNow()))
            throw new Fault(
                FaultCode.Unauthorized,
                $"The password is expired and needs to be changed for user: {user.Id}."
            );
        await activity.NoteAsync(user!);
        return user!;
    }
}
