using System.Net;
using System.Text.Json.Nodes;
using Pipeline.Benchmarks.Guests;

namespace Pipeline.Benchmarks.Clouds;

/// <summary>A network, an image and a flavor to build servers of, and the servers that are built there.</summary>
internal sealed class Workplace(Bench bench, string network, string image)
{
    private const string Servers = "/compute/v2.1/servers";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly CloudClient demo = bench.Cloud.Demo;

    public string Network => network;

    /// <summary>A fresh network with room for thousands; the image `micro`, or where nothing boots some bytes.</summary>
    public static async Task<Workplace> MakeAsync(Bench bench, string range = "10.64.0.0/12")
    {
        var (demo, ct) = (bench.Cloud.Demo, bench.Stop);
        var network = new JsonObject { ["network"] = new JsonObject { ["name"] = "bench" } };
        var made = (string)(await demo.PostAsync("/network/v2.0/networks", network, ct))["network"]!["id"]!;
        var subnet = new JsonObject
        {
            ["network_id"] = made,
            ["ip_version"] = 4,
            ["cidr"] = range,
        };
        await demo.PostAsync("/network/v2.0/subnets", new JsonObject { ["subnet"] = subnet }, ct);
        return new(bench, made, await FindImageAsync(bench) ?? await MakeImageAsync(bench));
    }

    /// <summary>A network that is there.</summary>
    public static async Task<Workplace> OnAsync(Bench bench, string name)
    {
        var found = await bench.Cloud.Demo.GetAsync($"/network/v2.0/networks?name={name}", bench.Stop);
        var network = (string)found!["networks"]![0]!["id"]!;
        return new(bench, network, await FindImageAsync(bench) ?? await MakeImageAsync(bench));
    }

    /// <summary>Orders a server.</summary>
    public async Task<string> OrderAsync(string name)
    {
        var server = new JsonObject
        {
            ["name"] = name,
            ["flavorRef"] = "1", // m1.nano
            ["imageRef"] = image,
            ["networks"] = new JsonArray(new JsonObject { ["uuid"] = network }),
        };
        var answer = await demo.PostAsync(Servers, new JsonObject { ["server"] = server }, bench.Stop);
        return (string)answer["server"]!["id"]!;
    }

    /// <exception cref="IOException">It is in ERROR.</exception>
    public async Task BuiltAsync(string server) =>
        await UntilAsync(async () =>
        {
            var shown = (await demo.GetAsync($"{Servers}/{server}", bench.Stop))!["server"]!;
            return (string)shown["status"]! switch
            {
                "ACTIVE" => true,
                "ERROR" => throw new IOException($"{server} is in ERROR: {shown["fault"]?.ToJsonString()}"),
                _ => false,
            };
        });

    /// <summary>Waits until the guest's SSH server answers.</summary>
    public async Task ReachAsync(string server)
    {
        var ports = await demo.GetAsync($"/network/v2.0/ports?device_id={server}", bench.Stop);
        var address = IPAddress.Parse((string)ports!["ports"]![0]!["fixed_ips"]![0]!["ip_address"]!);
        var space = $"/run/netns/pl-{network}";
        await new SshProbe(() => SpaceSocket.Open(space), new(address, 22), bench.Time).WaitAsync(bench.Stop);
    }

    /// <summary>Waits until none is being built.</summary>
    public Task AllBuiltAsync() =>
        UntilAsync(async () => await CountAsync($"{Servers}?status=BUILD") == 0, 10 * Glance);

    /// <summary>When the server's build had ended, by the cloud's own record of it.</summary>
    public async Task<DateTimeOffset> EndOfBuildAsync(string server)
    {
        var path = $"/runtime/webhooks/durabletask/instances?resource=server/{server}";
        var build = (await demo.GetAsync(path, bench.Stop))![0]!;
        if ((string)build["runtimeStatus"]! != "Completed")
            throw new IOException($"the build of {server} has not succeeded: {build.ToJsonString()}");
        return (DateTimeOffset)build["completedTime"]!;
    }

    /// <summary>Deletes every server of the project and waits until they are gone.</summary>
    public async Task ClearAsync()
    {
        var listed = (await demo.GetAsync(Servers, bench.Stop))!["servers"]!.AsArray();
        await Task.WhenAll(
            listed.Select(s => demo.SendAsync(HttpMethod.Delete, $"{Servers}/{s!["id"]}", null, bench.Stop))
        );
        await UntilAsync(async () => await CountAsync(Servers) == 0, 10 * Glance);
    }

    private async Task<int> CountAsync(string path) =>
        (await demo.GetAsync(path, bench.Stop))!["servers"]!.AsArray().Count;

    private async Task UntilAsync(Func<Task<bool>> reached, TimeSpan? pause = null)
    {
        var began = bench.Time.GetTimestamp();
        while (!await reached())
        {
            if (bench.Time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"what was awaited has not come within {Patience.TotalSeconds} s");
            await Task.Delay(pause ?? Glance, bench.Time, bench.Stop);
        }
    }

    private static async Task<string?> FindImageAsync(Bench bench)
    {
        var found = (await bench.Cloud.Demo.GetAsync("/image/v2/images?name=micro", bench.Stop))!["images"]!.AsArray();
        return found.Count > 0 ? (string)found[0]!["id"]! : null;
    }

    private static async Task<string> MakeImageAsync(Bench bench)
    {
        var form = new JsonObject
        {
            ["name"] = "micro",
            ["disk_format"] = "raw",
            ["container_format"] = "bare",
        };
        var image = (string)(await bench.Cloud.Demo.PostAsync("/image/v2/images", form, bench.Stop))["id"]!;
        await bench.Cloud.Demo.UploadAsync($"/image/v2/images/{image}/file", new byte[4096], bench.Stop);
        return image;
    }
}
