using System.Text.Json.Serialization;

namespace Pipeline.Durable.Tests.Code;

[JsonSerializable(typeof(Take))]
[JsonSerializable(typeof(GiveBack))]
[JsonSerializable(typeof(TakeFirstFree))]
[JsonSerializable(typeof(Show))]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Ensure))]
[JsonSerializable(typeof(Destroy))]
[JsonSerializable(typeof(Chain))]
[JsonSerializable(typeof(FanOut))]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(Nap))]
[JsonSerializable(typeof(Errand))]
[JsonSerializable(typeof(Letters))]
[JsonSerializable(typeof(Broken))]
[JsonSerializable(typeof(Stray))]
[JsonSerializable(typeof(Ids))]
[JsonSerializable(typeof(Build))]
[JsonSerializable(typeof(Remove))]
[JsonSerializable(typeof(Borrow))]
[JsonSerializable(typeof(Trip))]
[JsonSerializable(typeof(Choice))]
[JsonSerializable(typeof(Venture))]
[JsonSerializable(typeof(Fallback))]
[JsonSerializable(typeof(TimeSpan))]
internal sealed partial class TestJson : JsonSerializerContext;
