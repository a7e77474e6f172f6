using System.Globalization;
using System.Text;

namespace Pipeline.Drivers.Volume.Nfs;

/// <param name="Number">By which file handles name it (16 bits); one that was closed does not come again soon.</param>
/// <param name="Share">What a client mounts.</param>
/// <param name="Folder">What it sees there.</param>
/// <param name="Client">The one address that it answers.</param>
/// <param name="Owner">The user as whom all is done: a handle of another volume, kept or guessed, opens nothing for it.</param>
internal sealed record NfsExport(int Number, string Share, string Folder, string Client, uint Owner, bool IsReadOnly)
{
    /// <summary>The server's configuration (ganesha-config(8)).</summary>
    public static string Render(string address, IEnumerable<NfsExport> exports)
    {
        var text = new StringBuilder(
            $$"""
            NFS_CORE_PARAM {
              Bind_addr = {{address}};
              Protocols = 3;
              Enable_NLM = false;
              Enable_RQUOTA = false;
              Enable_UDP = false;
              mount_path_pseudo = true;
              MNT_Port = 20048;
            }
            LOG { Default_Log_Level = EVENT; }

            """
        );
        foreach (var export in exports.OrderBy(export => export.Number))
            text.Append(export.Render());
        return text.ToString();
    }

    // Who holds a volume grows it while it is open: a size that was true a minute ago would be told.
    private string Render() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            EXPORT {
              Export_Id = {{Number}};
              Path = "{{Folder}}";
              Pseudo = "{{Share}}";
              Protocols = 3;
              Transports = TCP;
              SecType = sys;
              PrivilegedPort = true;
              Access_Type = None;
              Squash = All;
              Anonymous_Uid = {{Owner}};
              Anonymous_Gid = {{Owner}};
              Attr_Expiration_Time = 0;
              FSAL { Name = VFS; }
              CLIENT { Clients = {{Client}}; Access_Type = {{(IsReadOnly ? "RO" : "RW")}}; }
            }

            """
        );
}
