#!/usr/bin/python3
"""Runs the openstack CLI's commands one after the other, within this process, so that its imports are paid once.

usage: commands.py FILE    (OS_AUTH_URL and the like in the environment)

A line is a command; after `NAME =` its output is kept, and `$NAME` stands for it later; after `!` it must fail. With
`system:`, `domain:`, `credential:` or `trust:` before it, the command is run by another login; with `cloud-credential:` or
`cloud-trust:` by the same as a profile of a clouds.yaml.
Prints what did not go as the line says; the status is 1 then.
"""
import contextlib
import io
import os
import re
import shlex
import sys
import tempfile

from openstackclient import shell
from openstackclient.volume import client as volume_client
from osc_lib import clientmanager

KEPT = {}
FOLDER = tempfile.TemporaryDirectory()
# The client takes some of them out once in its life, and fails where they are out already.
VOLUME_VERSIONS = dict(volume_client.API_VERSIONS)
LOGINS = {
    "system": {"OS_SYSTEM_SCOPE": "all", "OS_PROJECT_NAME": None, "OS_PROJECT_DOMAIN_ID": None},
    "domain": {"OS_DOMAIN_ID": "default", "OS_PROJECT_NAME": None, "OS_PROJECT_DOMAIN_ID": None},
    "credential": {
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_APPLICATION_CREDENTIAL_ID": "$credential",
        "OS_APPLICATION_CREDENTIAL_SECRET": "secret",
        "OS_USERNAME": None,
        "OS_PASSWORD": None,
        "OS_USER_DOMAIN_ID": None,
        "OS_PROJECT_NAME": None,
        "OS_PROJECT_DOMAIN_ID": None,
    },
    "trust": {
        "OS_USERNAME": "demo",
        "OS_PASSWORD": "changed",
        "OS_TRUST_ID": "$trust",
        "OS_PROJECT_NAME": None,
        "OS_PROJECT_DOMAIN_ID": None,
    },
}
PROFILES = """
clouds:
  credential:
    auth_type: v3applicationcredential
    auth:
      auth_url: {url}
      application_credential_id: {credential}
      application_credential_secret: secret
    region_name: RegionOne
    identity_api_version: 3
  trust:
    auth:
      auth_url: {url}
      username: demo
      password: changed
      user_domain_id: default
      trust_id: {trust}
    region_name: RegionOne
    identity_api_version: 3
"""
LINE = re.compile(r"^(?:(?P<login>[\w-]+): )?(?:(?P<name>\w+) = )?(?P<fails>! )?(?P<command>.*)$")


def filled(text):
    return re.sub(r"\$(\w+)", lambda m: KEPT[m[1]], text)


def profile(name):
    """Nothing but a file says who logs in."""
    path = os.path.join(FOLDER.name, "clouds.yaml")
    with open(path, "w", encoding="utf-8") as file:
        kept = {"credential": "none", "trust": "none", **KEPT}
        file.write(PROFILES.format(url=os.environ["OS_AUTH_URL"], **{k: kept[k] for k in ("credential", "trust")}))
    for key in [key for key in os.environ if key.startswith("OS_")]:
        del os.environ[key]
    os.environ["OS_CLIENT_CONFIG_FILE"] = path
    os.environ["OS_CLOUD"] = name


@contextlib.contextmanager
def login(kind):
    before = dict(os.environ)
    if kind and kind.startswith("cloud-"):
        profile(kind.removeprefix("cloud-"))
    for key, value in LOGINS.get(kind, {}).items():
        if value is None:
            os.environ.pop(key, None)
        else:
            os.environ[key] = filled(value)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def forget_logins():
    """The client keeps its services' clients, and their logins, for as long as its process lives."""
    for kept in vars(clientmanager.ClientManager).values():
        if isinstance(kept, clientmanager.ClientCache):
            kept._handle = None
    volume_client.API_VERSIONS.update(VOLUME_VERSIONS)


def run(command):
    forget_logins()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = shell.main(shlex.split(command))
        except SystemExit as left:
            status = left.code
    return status, out.getvalue(), err.getvalue()


def main(path):
    wrong = 0
    with open(path, encoding="utf-8") as lines:
        for line in filter(None, (l.strip() for l in lines)):
            if line.startswith("#"):
                continue
            parts = LINE.match(line)
            try:
                command = filled(parts["command"])
                with login(parts["login"]):
                    status, out, err = run(command)
            except KeyError as missing:
                status, out, err = 1, "", f"no {missing} was kept"
            if (status not in (0, None)) != bool(parts["fails"]):
                wrong += 1
                print(f"{line}\n  status {status}\n  {err.strip()[-800:]}\n  {out.strip()[-400:]}")
            if parts["name"]:
                KEPT[parts["name"]] = out.strip()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
