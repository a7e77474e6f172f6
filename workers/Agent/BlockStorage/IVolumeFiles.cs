namespace Pipeline.Agent.BlockStorage;

/// <summary>What volumes hold, as files on their way in or out of this host. They are scratch: an agent that starts has none.</summary>
internal interface IVolumeFiles
{
    string PathOf(string name);

    /// <summary>A file that a driver has written.</summary>
    Stream OpenRead(string path);

    /// <summary>A new file of so many bytes, all zeros until they are written.</summary>
    Stream Create(string path, long bytes);

    /// <summary>Removes a file; absent is success.</summary>
    void Remove(string path);
}
