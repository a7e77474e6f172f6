using Pipeline.Drivers.Network.LinuxBridge;

namespace Pipeline.Drivers.Tests.Network.LinuxBridge;

/// <summary>What is said to the kernel of tags, as bytes: whether it does what it should, <see cref="TrunkTests"/> and <see cref="VlanFramesTests"/> show.</summary>
public sealed class TagProgramsTests
{
    [Fact]
    public void A_frame_with_the_tag_loses_it_and_leaves_by_the_other_device() =>
        Assert.Equal(
            """
            bf16000000000000
            6162140000000000
            55020c0001000000
            61621c0000000000
            55020a0081000000
            6162180000000000
            57020000ff0f0000
            5502070065000000
            bf61000000000000
            8500000013000000
            5500060000000000
            b701000007000000
            b702000000000000
            8500000017000000
            9500000000000000
            b7000000ffffffff
            9500000000000000
            b700000002000000
            9500000000000000
            """,
            Text(TagPrograms.Untag(vlan: 101, device: 7))
        );

    [Fact]
    public void Each_frame_gets_the_tag_and_leaves_by_the_other_device() =>
        Assert.Equal(
            """
            b702000081000000
            b703000065000000
            8500000012000000
            5500040000000000
            b701000007000000
            b702000000000000
            8500000017000000
            9500000000000000
            b700000002000000
            9500000000000000
            """,
            Text(TagPrograms.TagAll(vlan: 101, device: 7))
        );

    [Fact]
    public void Frames_with_the_tag_pass_without_it_and_no_others() =>
        Assert.Equal(
            """
            bf16000000000000
            6162140000000000
            55020a0001000000
            61621c0000000000
            5502080081000000
            6162180000000000
            57020000ff0f0000
            5502050065000000
            bf61000000000000
            8500000013000000
            5500020000000000
            b700000000000000
            9500000000000000
            b700000002000000
            9500000000000000
            """,
            Text(TagPrograms.Enter(vlan: 101))
        );

    [Fact]
    public void Each_frame_passes_with_the_tag() =>
        Assert.Equal(
            """
            b702000081000000
            b703000065000000
            8500000012000000
            5500020000000000
            b700000000000000
            9500000000000000
            b700000002000000
            9500000000000000
            """,
            Text(TagPrograms.Leave(vlan: 101))
        );

    [Fact]
    public void A_jump_backwards_is_none() =>
        Assert.Throws<InvalidOperationException>(() =>
            Bpf.Assemble([Bpf.Exit() with { Label = "here" }, Bpf.JumpUnless(0, 0, "here")])
        );

    private static string Text(IReadOnlyList<BpfInstruction> program) =>
        string.Join('\n', Bpf.Assemble(program).Chunk(BpfInstruction.Size).Select(Convert.ToHexStringLower));
}
