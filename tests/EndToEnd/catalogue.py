#!/usr/bin/python3
"""Resolves every entry of a fresh token's catalogue as stock clients do: openstacksdk and each service's own client.

usage: catalogue.py CLOUD    (a name in the clouds.yaml that OS_CLIENT_CONFIG_FILE names)

A line per promise; the status is 1 when one is broken. An entry that no client here covers is a broken promise, so
that a service is never in the catalogue without its clients having been tried; and so is a client without its entry.
"""
import sys
import traceback
from urllib.parse import urlsplit

import cinderclient.client
import glanceclient
import neutronclient.v2_0.client
import novaclient.api_versions
import novaclient.client
import openstack
from keystoneauth1 import adapter
from keystoneclient.v3.client import Client as KeystoneClient

INTERFACES = ("public", "internal", "admin")


class Covered:
    """What is tried for one service type."""

    def __init__(self, version, sdk, own):
        self.version = version  # the major version that a discovering client must find
        self.sdk = sdk  # lists something through openstacksdk's proxy
        self.own = own  # lists something through the service's own client


def keystone(session, region):
    client = KeystoneClient(session=session, region_name=region, interface="public")
    assert [r.id for r in client.regions.list()] == [region]
    return client.projects.list(user=session.get_user_id())


def glance(session, region):
    client = glanceclient.Client("2", session=session, region_name=region)
    assert client.schemas.get("image").name == "image"
    return list(client.images.list())


def nova(session, region):
    oldest = novaclient.client.Client("2.1", session=session, region_name=region)
    assert oldest.versions.get_current().id == "v2.1"
    newest = novaclient.api_versions.discover_version(oldest, novaclient.api_versions.APIVersion("2.latest"))
    novaclient.client.Client(newest, session=session, region_name=region).flavors.list()
    return oldest.servers.list()


def neutron(session, region):
    client = neutronclient.v2_0.client.Client(session=session, region_name=region)
    assert "security-group" in [e["alias"] for e in client.list_extensions()["extensions"]]
    return client.list_networks()["networks"]


def cinder(kind):
    def own(session, region):
        client = cinderclient.client.Client("3", session=session, region_name=region, service_type=kind)
        assert [t.name for t in client.volume_types.list()]
        return client.volumes.list()

    return own


# Where openstacksdk's proxy has another name than the service's type.
PROXIES = {"volumev3": "block_storage"}

COVERED = {
    "block-storage": Covered((3,), lambda c: c.block_storage.volumes(), cinder("block-storage")),
    "volumev3": Covered((3,), lambda c: c.block_storage.volumes(), cinder("volumev3")),
    "identity": Covered((3,), lambda c: c.identity.regions(), keystone),
    "image": Covered((2,), lambda c: c.image.images(), glance),
    "compute": Covered((2, 1), lambda c: c.compute.servers(), nova),
    "network": Covered((2,), lambda c: c.network.networks(), neutron),
}


def promises(connection, entry):
    """The promises of one entry of the catalogue, each a sentence and what proves it."""
    kind, region = entry["type"], connection.config.region_name
    session = connection.session
    covered = COVERED.get(kind)
    urls = {e["interface"]: e["url"] for e in entry["endpoints"] if e["region_id"] == region}
    yield "is covered by a client", lambda: covered is not None
    yield "has one URL for each interface", lambda: set(urls) == set(INTERFACES) and len(entry["endpoints"]) == 3
    if covered is None:
        return
    for interface in INTERFACES:
        plain = adapter.Adapter(session, service_type=kind, interface=interface, region_name=region)
        yield f"resolves for {interface} clients", lambda p=plain, i=interface: p.get_endpoint() == urls[i]
        yield (
            f"is discovered by {interface} clients",
            lambda p=plain: p.get_api_major_version()[: len(covered.version)] == covered.version,
        )
    yield "is found by openstacksdk", lambda: connection.config.get_session_endpoint(kind) == urls["public"]
    proxy = getattr(connection, PROXIES.get(kind, kind.replace("-", "_")))
    yield "has a versioned endpoint in openstacksdk", lambda: inside(adapter.Adapter.get_endpoint(proxy), urls["public"])
    yield "links to itself in its version documents", lambda: links_stay_inside(session, proxy, urls["public"])
    yield "is listed through openstacksdk", lambda: list(covered.sdk(connection)) is not None
    yield "is listed through its own client", lambda: covered.own(session, region) is not None


def inside(url, root):
    """True when a URL leads to the same machine and below (or to) a service's root."""
    given, wanted = urlsplit(url), urlsplit(root)
    top = "/" + wanted.path.strip("/").split("/")[0]
    return given[:2] == wanted[:2] and (given.path + "/").startswith(top + "/")


def links_stay_inside(session, proxy, root):
    found = session.get_all_version_data(service_type=proxy.service_type)
    versions = [v for region in found.values() for face in region.values() for kind in face.values() for v in kind]
    return len(versions) > 0 and all(inside(v["url"], root) for v in versions)


def main(cloud):
    connection = openstack.connect(cloud=cloud)
    catalogue = connection.session.auth.get_access(connection.session).service_catalog.catalog
    missing = set(COVERED) - {entry["type"] for entry in catalogue}
    broken = len(missing)
    for kind in sorted(missing):
        print(f"FAILED  {cloud}: {kind} is in the catalogue")
    for entry in catalogue:
        for sentence, proof in promises(connection, entry):
            try:
                kept = proof()
            except Exception:
                traceback.print_exc(file=sys.stdout)
                kept = False
            broken += not kept
            print(f"{'ok    ' if kept else 'FAILED'}  {cloud}: {entry['type']} ({entry['name']}) {sentence}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
