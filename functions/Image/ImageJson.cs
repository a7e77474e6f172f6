using System.Text.Json.Serialization;
using Pipeline.Image.Activities;
using Pipeline.Image.Orchestrations;

namespace Pipeline.Image;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(DeleteImage))]
[JsonSerializable(typeof(RemoveImageFile))]
[JsonSerializable(typeof(FindImageHosts))]
[JsonSerializable(typeof(ImageHosts))]
[JsonSerializable(typeof(RemoveImage))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class ImageJson : JsonSerializerContext;
