using System.Text;
using Pipeline.Contracts;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>How tenants speak to the cloud: a client whose connection breaks asks again, or gives up.</summary>
internal sealed class Requests(TestCloud cloud, Action<string, string> violated)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="key">The request's `Idempotency-Key`; null where it has none.</param>
    /// <returns>Null when nobody answered.</returns>
    public async Task<CloudAnswer?> AskAsync(
        string method,
        string path,
        string body,
        CloudUser user,
        string? key = null,
        bool patient = true
    )
    {
        var until = cloud.World.Time.GetUtcNow() + (patient ? Patience : TimeSpan.Zero);
        while (true)
        {
            var restores = cloud.Restores;
            var answer = await OnceAsync(method, path, body, user, key);
            // What was answered by a database that is no more is worth nothing: the client asks again.
            if (answer is { Status: not 503 } && restores == cloud.Restores)
                return Judged(answer, method, path);
            if (cloud.World.Time.GetUtcNow() >= until)
                return null;
            await cloud.PassAsync(Pause);
        }
    }

    private CloudAnswer Judged(CloudAnswer answer, string method, string path)
    {
        if (answer.Status >= 500)
            violated("a request is answered with a fault of the cloud's own", $"{method} {path} {answer}");
        return answer;
    }

    private async Task<CloudAnswer?> OnceAsync(string method, string path, string body, CloudUser user, string? key)
    {
        try
        {
            var request = new CloudRequest(method, path, Encoding.UTF8.GetBytes(body));
            request.Headers["X-Auth-Token"] = await cloud.TokenAsync(user);
            if (key is not null)
                request.Headers["Idempotency-Key"] = key;
            var answer = await cloud.SendAsync(request, CancellationToken.None);
            cloud.World.Log.Add($"{user.Name} {request} {answer.Status}");
            return answer;
        }
        catch (Exception e) when (e is Fault { Code: FaultCode.Unavailable } or InvalidOperationException)
        {
            cloud.World.Log.Add($"{user.Name} {method} {path} is not answered");
            return null;
        }
    }
}
