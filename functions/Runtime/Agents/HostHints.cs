using Pipeline.Data;

namespace Pipeline.Runtime.Agents;

/// <summary>
/// What goes down an agent's connection, where the agent may be connected to another functions host of the cloud: what
/// cannot be told here is passed on through the store. Hints all of them.
/// </summary>
public sealed class HostHints : IDisposable
{
    private readonly Database db;
    private readonly HostConnections connections;

    public HostHints(Database db, HostConnections connections)
    {
        (this.db, this.connections) = (db, connections);
        db.Notified += Heard;
    }

    /// <summary>"Look at your queue now."</summary>
    public void Ring(HostId host)
    {
        if (!connections.Ring(host))
            Tell($"ring {host}");
    }

    public void Cancel(HostId host, string activityId)
    {
        if (!connections.Cancel(host, activityId))
            Tell($"cancel {host} {activityId}");
    }

    public void Dispose() => db.Notified -= Heard;

    private void Tell(string hint)
    {
        if (db.IsShared)
            db.Notify(hint);
    }

    private void Heard(string hint)
    {
        var words = hint.Split(' ', 3);
        if (words.Length < 2 || !HostId.TryParse(words[1], out var host))
            return;
        if (words[0] == "ring")
            connections.Ring(host);
        else if (words is ["cancel", _, var activityId])
            connections.Cancel(host, activityId);
    }
}
