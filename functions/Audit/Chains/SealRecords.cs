namespace Pipeline.Audit.Chains;

/// <summary>Seals what was written since; who reads the records does it at once.</summary>
internal sealed class SealRecords(Sealer sealer)
{
    [Function("audit-seal-records")]
    public Task RunAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer) => sealer.SealAsync();
}
