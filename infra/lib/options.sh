# The options of infra/up: what is not said is as it was the last time, else as usual.

settle_options() {
  check_owner
  if [ -e "$data/cloud.env" ]; then
    load_cloud
    refuse_change
  fi
  port=${port:-${PIPELINE_PORT:-7071}}
  public_url=${public_url:-${PIPELINE_PUBLIC_URL:-}}
  fake=${fake:-${PIPELINE_FAKE:-0}}
  hosts=${hosts:-${PIPELINE_HOSTS:-1}}
  queue=${queue:-${PIPELINE_QUEUE:-azure}}
  postgres=${postgres:-$(kept_postgres)}
  bed=${bed:-${PIPELINE_BED:-0}}
  roles=${roles:-${PIPELINE_ROLES:-}}
  backends=${backends:-${PIPELINE_VOLUME_BACKENDS:-}}
  backup_folder=${backup_folder:-${PIPELINE_BACKUP_FOLDER:-}}
  check_options
  management=$((port + 1))
  if [ "$port" = 7071 ]; then blob=10000 message=10001; else blob=$((port + 2)) message=$((port + 3)); fi
}

check_options() {
  [[ $port =~ ^[1-9][0-9]{0,4}$ ]] && [ "$port" -le 65532 ] || die "--port must be a number from 1 to 65532"
  [[ $hosts =~ ^[1-9][0-9]{0,2}$ ]] || die "--hosts must be a number from 1 to 999"
  [[ $queue = azure || $queue = database ]] || die "--queue is azure or database"
  [[ -z $postgres || $postgres =~ ^postgres(ql)?://[^/]+/.+$ ]] ||
    die "--postgres must be like postgres://user:password@host:5432/database"
  [ "$bed" = 0 ] || [ "$fake" = 0 ] || die "--real and --fake exclude each other"
  [ "$bed" = 0 ] || [ "$hosts" -le 99 ] || die "--real takes 99 hosts at most"
  [ -z "$roles" ] || [ "$bed" = 1 ] || die "--roles needs --real"
  local role="(compute|network|storage)"
  [[ $roles =~ ^($role(,$role)*(\ |$))*$ ]] || die "--roles is like compute,network"
  local backend='[A-Za-z0-9_-]{1,63}=(file|pool|nbd|iscsi|nfs)(:/[A-Za-z0-9._/-]*)?'
  [[ $backends =~ ^($backend(\ |$))*$ ]] || die "--volume-backend is like local=file or fast=pool:/srv/volumes"
  [[ -z $backup_folder || $backup_folder =~ ^/[A-Za-z0-9._/-]+$ ]] || die "--backup-folder is a full path, like /srv/backups"
  [ -z "$backup_folder" ] || [ -d "$backup_folder" ] || die "the backup folder $backup_folder is not there"
  public_url=${public_url%/}
  [[ -z $public_url || $public_url =~ ^https?://[][A-Za-z0-9.:_-]+(/[A-Za-z0-9._/-]*)?$ ]] ||
    die "--public-url must be like http://cloud.example:7071"
}

# The URL may hold a password: it stands in a file of its own.
kept_postgres() { cat "$data/postgres.url" 2>/dev/null || true; }

# What a cloud was made with it keeps; ports and names change only while nothing runs that knows the old ones.
refuse_change() {
  local name
  if [ -n "$queue" ] && [ "$queue" != "${PIPELINE_QUEUE:-azure}" ]; then
    die "the cloud in $data was made with --queue ${PIPELINE_QUEUE:-azure}, where its images lie; another queue needs another --data"
  fi
  if [ -n "$postgres" ] && [ "$postgres" != "$(kept_postgres)" ]; then
    die "the cloud in $data has its state elsewhere; another database needs another --data"
  fi
  if [ "$bed" = 1 ] && [ "${PIPELINE_BED:-0}" = 0 ]; then
    die "the cloud in $data was made without --real; its hosts keep their places, --real needs another --data"
  fi
  if [ "$fake" = 1 ] && [ "$PIPELINE_FAKE" = 0 ]; then
    die "the cloud in $data has a real host; --fake needs another --data"
  fi
  if [[ $hosts =~ ^[0-9]+$ ]] && [ "$hosts" -lt "${PIPELINE_HOSTS:-1}" ]; then
    die "the cloud in $data has ${PIPELINE_HOSTS:-1} hosts; infra/up adds hosts, it takes none away"
  fi
  if [ "${port:-$PIPELINE_PORT}" = "$PIPELINE_PORT" ] &&
    [ "${public_url:-${PIPELINE_PUBLIC_URL:-}}" = "${PIPELINE_PUBLIC_URL:-}" ]; then
    return
  fi
  for name in functions azurite $(agents); do
    if pid_of "$name" >/dev/null; then
      die "the cloud in $data runs as ${PIPELINE_PUBLIC_URL:-$PIPELINE_URL}; infra/down first, then port and URL can change"
    fi
  done
}

write_cloud() {
  cat >"$data/cloud.env.new" <<END
PIPELINE_URL='http://127.0.0.1:$port'
PIPELINE_PUBLIC_URL='$public_url'
PIPELINE_PORT='$port'
PIPELINE_FAKE='$fake'
PIPELINE_HOSTS='$hosts'
PIPELINE_QUEUE='$queue'
PIPELINE_BED='$bed'
PIPELINE_ROLES='$roles'
PIPELINE_VOLUME_BACKENDS='$backends'
PIPELINE_BACKUP_FOLDER='$backup_folder'
END
  mv "$data/cloud.env.new" "$data/cloud.env"
  [ -z "$postgres" ] || (umask 077 && printf '%s\n' "$postgres" >"$data/postgres.url")
}
