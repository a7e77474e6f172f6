using Pipeline.Agent;
using Pipeline.Contracts.Hosts;
using Pipeline.Services.Tests.Runtime;

namespace Pipeline.Services.Tests.Agent;

public sealed class JournalLinesTests
{
    private const string Server = "server/a";
    private readonly Lines file = new();
    private readonly ManualTime time = new();

    [Fact]
    public void A_lower_epoch_is_refused_also_by_the_next_agent()
    {
        Assert.True(Open().TryEnter(1, Server, 5));
        var next = Open();
        Assert.False(next.TryEnter(1, Server, 4));
        Assert.True(next.TryEnter(1, Server, 5));
        Assert.True(next.TryEnter(1, "server/b", 1));
    }

    [Fact]
    public void A_new_line_begins_its_epochs_anew_and_ends_the_old_one_for_all_resources()
    {
        Assert.True(Open().TryEnter(1, Server, 50));
        Assert.True(Open().TryEnter(2, Server, 3));
        var next = Open();
        Assert.False(next.TryEnter(1, Server, 51));
        Assert.False(next.TryEnter(1, "server/b", 1));
        Assert.True(next.TryEnter(2, "server/b", 1));
    }

    /// <summary>A restored database gives the same names again to other steps.</summary>
    [Fact]
    public void An_answer_of_an_earlier_line_is_not_given_again()
    {
        var answer = new HostAnswer("server-a-provision/0/3", 1, "{}", null, 0);
        Open().Remember(1, answer);
        Assert.Equal(answer, Open().Find(1, answer.ActivityId, 1));
        Assert.Null(Open().Find(2, answer.ActivityId, 1));
        Assert.Null(Open().Find(1, answer.ActivityId, 2));
    }

    [Fact]
    public void A_try_is_overtaken_by_one_that_was_begun_later_also_for_the_next_agent()
    {
        const string step = "server-a-provision/0/3";
        Open().Begin(1, step, 2);
        var next = Open();
        Assert.True(next.IsOvertaken(1, step, 1));
        Assert.False(next.IsOvertaken(1, step, 2));
        Assert.False(next.IsOvertaken(2, step, 1));
        next.Remember(1, new HostAnswer(step, 2, "{}", null, 0));
        Assert.True(Open().IsOvertaken(1, step, 1));
        time.Advance(Journal.Kept + TimeSpan.FromDays(1));
        Assert.False(Open().IsOvertaken(1, step, 1));
    }

    [Fact]
    public void What_was_heard_of_the_history_outlives_the_agent()
    {
        var journal = Open();
        journal.Heard(new(1, 7, "seven"));
        journal.TryEnter(1, Server, 1);
        journal.Heard(new(1, 9, "nine"));
        journal.Remember(1, new HostAnswer("x/0/1", 1, "{}", null, 0));
        Assert.Equal([new(1, 7, "seven"), new(1, 9, "nine")], Open().Milestones);
        Assert.Equal([new(1, 7, "seven"), new(1, 9, "nine")], Open().Milestones); // written anew by the one before
    }

    [Fact]
    public void Another_history_under_a_known_number_does_not_hide_the_first()
    {
        var journal = Open();
        journal.Heard(new(1, 7, "seven"));
        journal.Heard(new(1, 7, "another seven"));
        Assert.Contains(new Milestone(1, 7, "seven"), journal.Milestones);
    }

    [Fact]
    public void Old_milestones_make_room_for_new_ones()
    {
        var journal = Open();
        for (var i = 0; i < 100; i++)
            journal.Heard(new(1, i, "x"));
        Assert.Equal(16, journal.Milestones.Count);
        Assert.Equal(99, journal.Milestones[^1].Seq);
    }

    [Fact]
    public void The_line_is_known_when_all_its_fences_are_forgotten()
    {
        var journal = Open();
        journal.Heard(new(3, 7, "seven"));
        Assert.True(journal.TryEnter(3, Server, 1));
        time.Advance(Journal.Kept + TimeSpan.FromDays(1));
        Open();
        Assert.False(Open().TryEnter(2, Server, 1));
    }

    private Journal Open() => new(file, time);

    private sealed class Lines : IJournalFile
    {
        private List<string> lines = [];

        public IReadOnlyList<string> ReadAll() => [.. lines];

        public void Append(string line) => lines.Add(line);

        public void Note(string line) => lines.Add(line);

        public void Replace(IEnumerable<string> all) => lines = [.. all];
    }
}
