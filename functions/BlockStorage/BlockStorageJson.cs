using System.Text.Json.Serialization;
using Pipeline.BlockStorage.Activities;
using Pipeline.BlockStorage.Backups;
using Pipeline.BlockStorage.Orchestrations;
using Pipeline.Contracts.Hosts;

namespace Pipeline.BlockStorage;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProvisionVolume))]
[JsonSerializable(typeof(DeleteVolume))]
[JsonSerializable(typeof(ExtendVolume))]
[JsonSerializable(typeof(UploadVolume))]
[JsonSerializable(typeof(MarkVolumeUploaded))]
[JsonSerializable(typeof(MarkUploadFailed))]
[JsonSerializable(typeof(MakeBackup))]
[JsonSerializable(typeof(RestoreBackup))]
[JsonSerializable(typeof(DeleteBackup))]
[JsonSerializable(typeof(MarkBackupAvailable))]
[JsonSerializable(typeof(MarkBackupError))]
[JsonSerializable(typeof(DropBackup))]
[JsonSerializable(typeof(ForgetBackup))]
[JsonSerializable(typeof(MarkVolumeRestoring))]
[JsonSerializable(typeof(MarkVolumeRestored))]
[JsonSerializable(typeof(MarkRestoreFailed))]
[JsonSerializable(typeof(TakeSnapshot))]
[JsonSerializable(typeof(DeleteSnapshot))]
[JsonSerializable(typeof(ClaimBackend))]
[JsonSerializable(typeof(VolumePlace))]
[JsonSerializable(typeof(ReleaseBackend))]
[JsonSerializable(typeof(MarkVolumeDownloading))]
[JsonSerializable(typeof(MarkVolumeAvailable))]
[JsonSerializable(typeof(MarkVolumeError))]
[JsonSerializable(typeof(MarkVolumeExtended))]
[JsonSerializable(typeof(MarkExtendFailed))]
[JsonSerializable(typeof(FindVolumeHoldings))]
[JsonSerializable(typeof(VolumeHoldings))]
[JsonSerializable(typeof(ForgetVolume))]
[JsonSerializable(typeof(MarkSnapshotAvailable))]
[JsonSerializable(typeof(MarkSnapshotError))]
[JsonSerializable(typeof(FindSnapshotPlace))]
[JsonSerializable(typeof(SnapshotPlace))]
[JsonSerializable(typeof(ForgetSnapshot))]
[JsonSerializable(typeof(BackendReport))]
[JsonSerializable(typeof(BackupRecord))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
