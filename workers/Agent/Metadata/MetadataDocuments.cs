namespace Pipeline.Agent.Metadata;

/// <summary>A server's documents by path, each once, under `latest`. Pure.</summary>
/// <remarks>A path that ends in a slash holds a folder's listing where that is not simply its names.</remarks>
internal static class MetadataDocuments
{
    public static SortedDictionary<string, byte[]> Of(ServerMetadata server)
    {
        var documents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, content) in OpenStackDocuments.Of(server).Concat(Ec2Documents.Of(server)))
            documents.Add(name, content);
        return documents;
    }
}
