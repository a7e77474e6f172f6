using Pipeline.Compute.Servers;
using Pipeline.Contracts;
using Pipeline.Contracts.Placement;

namespace Pipeline.Services.Tests.Placement;

/// <summary>The scheduler's choice: a pure function of what the hosts have left.</summary>
public sealed class SchedulerTests
{
    private static readonly Resources Wanted = new(2, 1024, 10);

    [Fact]
    public void The_roomiest_host_comes_first_and_names_break_ties() =>
        Assert.Equal(
            ["roomy", "more-cores", "a", "b"],
            Rank(
                Host("b", 4, 2048, 50),
                Host("roomy", 2, 9000, 10),
                Host("a", 4, 2048, 500),
                Host("more-cores", 8, 2048, 50)
            )
                .Ranked.Select(c => c.HostName)
        );

    [Fact]
    public void What_fits_exactly_fits() => Assert.Single(Rank(Host("a", 2, 1024, 10)).Ranked);

    [Fact]
    public void The_choice_does_not_depend_on_the_order_of_the_hosts()
    {
        HostView[] hosts = [Host("a", 4, 2048, 50), Host("b", 4, 4096, 50), Host("c", 9, 2048, 50)];
        var expected = Rank(hosts).Ranked;
        Assert.Equal(expected, Rank([.. hosts.Reverse()]).Ranked);
    }

    [Fact]
    public void Every_host_is_rejected_by_the_first_constraint_that_it_fails()
    {
        var candidates = Rank(
            Host("down", 9, 9999, 99) with
            {
                Up = false,
            },
            Host("disabled", 9, 9999, 99) with
            {
                Enabled = false,
            },
            Host("cores", 1, 9999, 99),
            Host("memory-1", 9, 1023, 99),
            Host("memory-2", 9, 0, 0),
            Host("disk", 9, 9999, 9)
        );
        Assert.Empty(candidates.Ranked);
        Assert.Equal(6, candidates.Hosts);
        Assert.Equal(
            "No valid host was found. Of 6 hosts: 1 rejected by disk (of 10 GiB wanted), "
                + "2 rejected by memory (of 1024 MiB wanted), 1 rejected by state (the host is disabled), "
                + "1 rejected by state (the host is down), 1 rejected by vcpus (of 2 wanted).",
            Scheduler.NoValidHost(candidates).Message
        );
    }

    [Fact]
    public void Hosts_that_others_took_meanwhile_are_counted()
    {
        var fault = Scheduler.NoValidHost(Rank(Host("a", 4, 2048, 50), Host("b", 1, 2048, 50)));
        Assert.Equal(FaultCode.NoValidHost, fault.Code);
        Assert.EndsWith("Of 2 hosts: 1 rejected by vcpus (of 2 wanted), 1 taken by others meanwhile.", fault.Message);
    }

    [Fact]
    public void A_cloud_without_hosts_says_so() =>
        Assert.Equal("No valid host was found. Of 0 hosts: no host has joined.", Scheduler.NoValidHost(Rank()).Message);

    private static Candidates Rank(params HostView[] hosts) => new Scheduler().Rank(hosts, Wanted, []);

    private static HostView Host(string name, int vcpus, int memoryMib, int diskGib)
    {
        var free = new Resources(vcpus, memoryMib, diskGib);
        return new(new HostId(Guid.Empty), name, true, true, free, free, new Dictionary<string, string>());
    }
}
