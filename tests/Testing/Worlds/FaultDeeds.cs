using Pipeline.Testing.Clouds;

namespace Pipeline.Testing.Worlds;

/// <summary>What operators, guests and misfortune do.</summary>
internal sealed class FaultDeeds(TestCloud cloud, Mischief mischief, Metal metal, Strangers strangers)
{
    public Task DoAsync(Deed deed)
    {
        var host = cloud.Hosts[deed.Who % cloud.Hosts.Count];
        var slot = deed.Who % cloud.Options.FunctionsHosts;
        var machine = cloud.StrainOf(slot);
        switch (deed.Kind)
        {
            case DeedKind.AskForSweep:
                return AskForSweepAsync(host);
            case DeedKind.GuestEnds:
                EndGuest(host, deed.Which);
                break;
            case DeedKind.StrayAppears:
                metal.PutStray(host, cloud.World.Randomness.NewGuid());
                break;
            case DeedKind.FunctionsHostDies:
                cloud.KillFunctionsHost(slot);
                break;
            case DeedKind.FunctionsHostStalls:
                machine.StalledUntil = In(deed.How * 60);
                break;
            case DeedKind.LeaseCannotBeRenewed:
                machine.UnrenewedUntil = In(deed.How * 60);
                break;
            case DeedKind.DatabaseIsFull:
                cloud.StoreStrain.FullUntil = In(deed.How * 40);
                break;
            case DeedKind.DatabaseIsSlow:
                (cloud.StoreStrain.SlowUntil, cloud.StoreStrain.Slowness) = (
                    In(deed.How * 60),
                    TimeSpan.FromMilliseconds(deed.Which * 50)
                );
                break;
            case DeedKind.AgentDies:
                host.Agent?.Die();
                break;
            case DeedKind.HostLosesPower:
                return LosePowerAsync(host, TimeSpan.FromMilliseconds(deed.How * 200));
            case DeedKind.HostIsCutOff:
                host.Strain.CutOffUntil = In(deed.How * 150);
                break;
            case DeedKind.HostIsSlow:
                (host.Strain.SlowUntil, host.Strain.Slowness) = (
                    In(deed.How * 80),
                    TimeSpan.FromMilliseconds(deed.Which * 500)
                );
                break;
            case DeedKind.HostHearsNoSignals:
                host.Strain.DeafUntil = In(deed.How * 200);
                break;
            case DeedKind.JournalIsFull:
                host.Strain.FullUntil = In(deed.How * 60);
                break;
            case DeedKind.StrangerComes:
                return strangers.ComeAsync(host, deed);
            default:
                mischief.Await(deed, Process(deed, host));
                break;
        }
        return Task.CompletedTask;
    }

    /// <summary>Whom a fault that waits is for; null for whoever comes.</summary>
    private static string? Process(Deed deed, TestHost host) =>
        deed.Kind is DeedKind.FunctionsHostDiesLater or DeedKind.FunctionsHostStallsLater ? "functions."
        : deed.Kind is DeedKind.AgentDiesLater or DeedKind.DriverFails ? $"{host.Name}."
        : null;

    private DateTimeOffset In(int milliseconds) =>
        cloud.World.Time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds);

    private void EndGuest(TestHost host, int which)
    {
        var running = host
            .Metal.Guests.Where(g => $"{g.Value.State}" == "Running")
            .Select(g => g.Value.Spec.Id)
            .ToList();
        if (running.Count > 0)
            host.Metal.EndGuest(running[which % running.Count]);
    }

    private async Task AskForSweepAsync(TestHost host)
    {
        try
        {
            await host.AskForSweepAsync();
        }
        catch (Contracts.Fault)
        {
            // Nobody answers just now: the next sweep comes by itself.
        }
    }

    /// <summary>The host and all that runs on it is off for a while; its disks and its journal stay.</summary>
    private async Task LosePowerAsync(TestHost host, TimeSpan away)
    {
        await host.KillAgentAsync();
        foreach (var (id, guest) in host.Metal.Guests.ToList())
            host.Metal.Guests[id] = guest with { State = Contracts.Drivers.GuestState.Off };
        await cloud.PassAsync(away);
        if (!host.IsUp) // it may have lost its power again, and be back from that
            host.StartAgent();
    }
}
