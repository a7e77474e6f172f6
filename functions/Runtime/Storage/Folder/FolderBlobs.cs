using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Contracts;

namespace Pipeline.Runtime.Storage;

/// <summary>
/// The blobs of one container as files of a folder, for a cloud without a storage account. A file is called by the hash
/// of its blob's name, holds the content and, behind it, a <see cref="BlobTrailer"/>; a rename brings it in whole.
/// A full disk is `DiskFull`.
/// </summary>
public sealed class FolderBlobs(string folder, TimeProvider time, Func<Guid> newGuid) : IBlobs
{
    private const string Unfinished = ".new";

    public Task CreateAsync(CancellationToken ct = default)
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, mine);
        foreach (var file in Directory.EnumerateFiles(folder, $"*{Unfinished}"))
            RemoveOrphan(file);
        return Task.CompletedTask;
    }

    public async Task<BlobProperties> PutAsync(
        string name,
        Stream content,
        bool createOnly = false,
        CancellationToken ct = default
    )
    {
        var file = FileOf(name);
        CheckContainer();
        var fresh = Path.Combine(folder, $"{newGuid():N}{Unfinished}");
        try
        {
            // Sharing nothing locks the file: whoever looks for orphans sees that this one has an owner.
            await using var target = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            var trailer = await CopyAsync(name, content, target, ct);
            target.Flush(flushToDisk: true);
            if (createOnly && File.Exists(file))
                throw Fault.Conflict($"blob {name}: there already.", "BlobAlreadyExists");
            File.Move(fresh, file, overwrite: !createOnly);
            return trailer.Properties;
        }
        catch (IOException full) when (IsFull(full))
        {
            throw new Fault(FaultCode.DiskFull, $"blob {name}: the disk is full.", cause: full);
        }
        catch (IOException taken) when (createOnly && File.Exists(fresh) && File.Exists(file))
        {
            throw new Fault(FaultCode.Conflict, $"blob {name}: there already.", "BlobAlreadyExists", taken);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    public Task<Stream> OpenAsync(string name, long offset = 0, long? count = null, CancellationToken ct = default)
    {
        BlobRange.Check(offset, count);
        var stream = Open(name);
        try
        {
            var length = BlobTrailer.Read(stream).Properties.ContentLength;
            var from = Math.Min(offset, length);
            stream.Position = from;
            return Task.FromResult<Stream>(new BoundedStream(stream, Math.Min(count ?? length, length - from)));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public Task<BlobProperties> GetPropertiesAsync(string name, CancellationToken ct = default)
    {
        using var stream = Open(name);
        return Task.FromResult(BlobTrailer.Read(stream).Properties);
    }

    public Task<bool> ExistsAsync(string name, CancellationToken ct = default) =>
        Task.FromResult(File.Exists(FileOf(name)));

    public Task DeleteAsync(string name, CancellationToken ct = default)
    {
        var file = FileOf(name);
        if (Directory.Exists(folder))
            File.Delete(file);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobItem> ListAsync(
        string prefix = "",
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        CheckContainer();
        var found = new SortedDictionary<string, BlobProperties>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(Unfinished)))
            if (TryReadTrailer(file) is { } trailer && trailer.Name.StartsWith(prefix))
                found[trailer.Name] = trailer.Properties;
        foreach (var (name, properties) in found)
            yield return new(name, properties);
    }

    private async Task<BlobTrailer> CopyAsync(string name, Stream content, FileStream target, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var piece = new byte[128 * 1024];
        int read;
        while ((read = await content.ReadAsync(piece, ct)) > 0)
        {
            hash.AppendData(piece, 0, read);
            await target.WriteAsync(piece.AsMemory(0, read), ct);
        }
        var trailer = new BlobTrailer(
            name,
            new(target.Length, hash.GetHashAndReset(), $"\"{newGuid():N}\"", time.GetUtcNow())
        );
        await target.WriteAsync(trailer.Bytes(), ct);
        return trailer;
    }

    private FileStream Open(string name)
    {
        var file = FileOf(name);
        CheckContainer();
        try
        {
            return new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            throw Fault.NotFound($"blob {name}: not there.", "BlobNotFound");
        }
    }

    private static BlobTrailer? TryReadTrailer(string file)
    {
        try
        {
            using var stream = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            return BlobTrailer.Read(stream);
        }
        catch (FileNotFoundException)
        {
            return null; // it was deleted while we looked
        }
    }

    /// <summary>What a process that died was writing; one that lives holds a lock on its file.</summary>
    private static void RemoveOrphan(string file)
    {
        try
        {
            using var alone = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(file);
        }
        catch (IOException)
        {
            // Somebody is at work on it, or it has just been finished.
        }
    }

    private static bool IsFull(IOException exception) => (exception.HResult & 0xFFFF) is 28 or 122; // ENOSPC, EDQUOT

    private string FileOf(string name) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StorageName.Blob(name)))));

    private void CheckContainer()
    {
        if (!Directory.Exists(folder))
            throw Fault.NotFound("The container is not there.", "ContainerNotFound");
    }
}
