using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pipeline.Contracts.Image;
using Pipeline.Durable.Hub;
using Pipeline.Image.Files;
using Pipeline.Image.Images;
using Pipeline.Image.Quotas;

namespace Pipeline.Image;

/// <summary>
/// Image: disk images with Glance's API. The composition root adds an <see cref="ImageBlobs"/>; an <see cref="ImageLimits"/>
/// of its own goes before the settings'.
/// </summary>
public static class ImageModule
{
    public static IServiceCollection AddImage(this IServiceCollection services)
    {
        services.AddSingleton(new CatalogEntry("image", "glance", "/image"));
        services.AddSingleton(new DurableAssembly(typeof(ImageModule).Assembly, ImageJson.Default));
        services.AddSingleton<IImages, KnownImages>();
        services.AddSingleton<IProjectHoldings, ProjectImages>();
        services.AddSingleton<ImageEditor>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<UploadRun>();
        foreach (var kind in ImageQuota.All)
            services.AddSingleton(kind);
        services.TryAddSingleton(s => ImageLimits.Of(s.GetService<IConfiguration>()));
        return services.AddFunctions(typeof(ImageModule).Assembly);
    }
}
