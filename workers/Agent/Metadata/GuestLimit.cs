using System.Net;

namespace Pipeline.Agent.Metadata;

/// <summary>How many connections a network, and each guest in it, may have open at once; the others are hung up on.</summary>
internal sealed class GuestLimit
{
    private const int EachGuest = 8;
    private const int All = 128;
    private readonly Dictionary<IPAddress, int> _open = [];
    private int _all;

    public bool TryEnter(IPAddress guest)
    {
        lock (_open)
        {
            var open = _open.GetValueOrDefault(guest);
            if (open >= EachGuest || _all >= All)
                return false;
            _open[guest] = open + 1;
            _all++;
            return true;
        }
    }

    public void Leave(IPAddress guest)
    {
        lock (_open)
        {
            _all--;
            if (--_open[guest] == 0)
                _open.Remove(guest);
        }
    }
}
