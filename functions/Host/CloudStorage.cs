using Pipeline.Data;
using Pipeline.Identity;
using Pipeline.Runtime.Agents;
using Pipeline.Runtime.Storage;

namespace Pipeline.Functions;

/// <summary>What the cloud keeps on disk and in the storage account: opened once, closed at the end.</summary>
internal sealed class CloudStorage : IDisposable
{
    /// <summary>Longer than an agent waits before it asks again, short enough to be no key.</summary>
    private static readonly TimeSpan GrantLife = TimeSpan.FromHours(12);
    private readonly TimeProvider time;
    private readonly Randomness randomness = Randomness.Secure();
    private readonly ThreadCommitLoop commits = new();
    private readonly Database database;
    private readonly ControlKeys keys;
    private readonly byte[] root;
    private Vault? vault;
    private readonly StorageTransport transport;

    private CloudStorage(AppSettings settings, TimeProvider time)
    {
        this.time = time;
        database = settings.Postgres is { } url
            ? Database.Connect(url, time, randomness)
            : Database.Open(Path.Combine(settings.Data, "pipeline.db"), time, commits);
        keys = ControlKeys.Load(Path.Combine(settings.Data, "keys", "control.pem"));
        root = KeyFile.Ensure(Path.Combine(settings.Data, "keys", "secrets.key"), randomness);
        transport = new StorageTransport(time, randomness.NewGuid);
    }

    public static CloudStorage Open(AppSettings settings, TimeProvider time)
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(settings.Data, mine);
        return new(settings, time);
    }

    public async Task<CloudParts> PartsAsync(AppSettings settings)
    {
        var ring = await KeyRing.OpenAsync(database, root, time, randomness);
        vault = new(root, randomness, ring);
        var account = StorageConnection.Parse(settings.Storage);
        var payloads = BlobsOf(settings, account, "payloads");
        var images = BlobsOf(settings, account, "images");
        var backups = BlobsOf(settings, account, "backups");
        await payloads.CreateAsync();
        await images.CreateAsync();
        await backups.CreateAsync();
        IQueues queues =
            settings.Queue == "database"
                ? new DatabaseQueues(database, randomness)
                : new AzureQueues(account, transport);
        return new(
            database,
            await Cloud.EnsureAsync(database, randomness),
            ring,
            vault,
            keys,
            queues,
            payloads,
            images,
            backups,
            new QueueGrants(queue => settings.Queue == "database" ? null : GrantOf(account, queue)),
            new IdentityOptions { Passwords = settings.Passwords, Issuers = settings.Issuers }
        );
    }

    private IBlobs BlobsOf(AppSettings settings, StorageConnection account, string container) =>
        settings.Blobs == "folder"
            ? new FolderBlobs(Path.Combine(settings.Data, "blobs", container), time, randomness.NewGuid)
            : new AzureBlobs(account, container, transport);

    public void Dispose()
    {
        database.Dispose();
        commits.Dispose();
        transport.Dispose();
        vault?.Dispose();
        keys.Dispose();
    }

    /// <summary>Take, renew and end messages of this queue alone; no sending, no listing, no other queue.</summary>
    private string GrantOf(StorageConnection account, string queue) =>
        new QueueClient(account, queue, transport)
            .GenerateSasUri(QueueSasPermissions.Process | QueueSasPermissions.Update, time.GetUtcNow() + GrantLife)
            .ToString();
}
