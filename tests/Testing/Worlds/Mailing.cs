using System.Text.Json;
using Pipeline.Data;
using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>Sends letters to <see cref="Letters"/>, and compares what has arrived with what was answered.</summary>
internal sealed class Mailing(TestCloud cloud, Requests requests, Action<string, string> violated)
{
    private readonly HashSet<string> asked = [];
    private readonly HashSet<string> answered = [];

    private HashSet<string> saved = [];

    /// <summary>What was answered until now is there also after a restore to this point.</summary>
    public void Save() => saved = [.. answered];

    public void Restore() => answered.IntersectWith(saved);

    public Task BeginAsync() => cloud.StartAsync(new Letters(""), Letters.Instance);

    /// <summary>Some letters at once.</summary>
    public Task SendAsync(int count, bool patient) =>
        Task.WhenAll(Enumerable.Range(asked.Count + 1, count).ToList().ConvertAll(n => SendAsync($"{n}", patient)));

    /// <summary>The last letter; then all must have been counted, once each.</summary>
    public async Task EndAsync()
    {
        await SendAsync("0", patient: true);
        await cloud.UntilAsync(async () => await OutputAsync() is not null, "the letters are counted");
        var got = JsonDocument.Parse((await OutputAsync())!).RootElement.GetString()!;
        var letters = got.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var lost in answered.Except(letters))
            if (lost != "0")
                violated("no event is lost over continue-as-new", $"letter {lost} of '{got}'");
        foreach (var twice in letters.GroupBy(l => l).Where(g => g.Count() > 1 || !asked.Contains(g.Key)))
            violated("no event comes twice", $"letter {twice.Key} of '{got}'");
    }

    private async Task SendAsync(string letter, bool patient)
    {
        asked.Add(letter);
        var restores = cloud.Restores;
        var path = $"/runtime/webhooks/durabletask/instances/{Letters.Instance}/raiseEvent/{Letters.Event}";
        var answer = await requests.AskAsync("POST", path, letter, cloud.Admin, $"letter-{letter}", patient);
        if (answer is { Status: 202 } && restores == cloud.Restores)
            answered.Add(letter);
    }

    private Task<string?> OutputAsync() =>
        cloud.Store.ReadAsync(async tx =>
            await tx.ScalarAsync<string?>(
                "SELECT output FROM instances WHERE id = @Instance AND completed_at IS NOT NULL",
                new { Letters.Instance }
            )
        );
}
