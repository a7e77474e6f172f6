using Pipeline.Data;
using Pipeline.Durable;

namespace Pipeline.Image.Activities;

/// <summary>The end of an image's tombstone: its id may be used again.</summary>
internal sealed record RemoveImage(ImageId Image) : IActivity<Done>;

internal sealed class RemoveImageHandler : ITransactionalActivity<RemoveImage, Done>
{
    public async ValueTask<Done> RunAsync(Tx tx, RemoveImage step)
    {
        await tx.RemoveImageAsync(step.Image);
        return Done.Instance;
    }
}
