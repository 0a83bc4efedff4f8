"""The private cluster on this machine's PostgreSQL: made, started, reached, stopped."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg2
import pytest

from geoapp.embedded import Cluster, recovery
from geoapp.errors import ClusterError

from .conftest import ask, holder, silent


def test_starts_stops_and_starts_again_with_its_data(own: Cluster) -> None:
    own.start()
    own.create_database("kota")
    ask(own, "CREATE TABLE pin AS SELECT 7 AS number", database="kota")
    own.stop()
    assert not own.running
    assert own.pid is None
    own.start()
    assert ask(own, "SELECT number FROM pin", database="kota") == (7,)


def test_database_has_postgis_and_belongs_to_the_owner(own: Cluster) -> None:
    with own:
        own.create_database("kota")
        own.create_database("kota")  # idempotent
        # 0.001 degrees along the equator on the WGS 84 sphere's radius: 6378137 × π / 180000.
        metres, btree_gist, owner = ask(
            own,
            """SELECT ST_Distance('POINT(0 0)'::geography, 'POINT(0.001 0)'::geography),
                      (SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'),
                      (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'kota')""",
            user="geoapp_app",
            database="kota",
        )
    assert metres == pytest.approx(111.3195, abs=0.001)
    assert (btree_gist, owner) == (1, "geoapp_owner")


def test_login_roles_have_the_rights_they_need_and_no_more(own: Cluster) -> None:
    with own:
        rows = {
            role: ask(
                own,
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolinherit FROM pg_roles "
                f"WHERE rolname = '{role}'",
            )
            for role in ("geoapp_owner", "geoapp_app")
        }
    assert rows["geoapp_owner"] == (False, True, True, True)
    assert rows["geoapp_app"] == (False, False, False, False)


def test_listens_on_no_network_address(own: Cluster) -> None:
    with own:
        assert ask(own, "SHOW listen_addresses") == ("",)
        # Inodes of this server's sockets against the kernel's tables of TCP sockets.
        inodes = set()
        for descriptor in Path(f"/proc/{own.pid}/fd").iterdir():
            target = str(descriptor.readlink())
            if target.startswith("socket:["):
                inodes.add(target.removeprefix("socket:[").removesuffix("]"))
        tcp = set()
        for table in ("tcp", "tcp6"):
            path = Path(f"/proc/{own.pid}/net/{table}")
            if path.exists():
                tcp |= {line.split()[9] for line in path.read_text().splitlines()[1:]}
    assert inodes, "the Unix socket itself must be seen"
    assert not inodes & tcp


def test_socket_folder_is_closed_to_others(own: Cluster) -> None:
    with own:
        assert stat.S_IMODE(own.sockets.stat().st_mode) == 0o700


def test_data_has_checksums_and_utf8(own: Cluster) -> None:
    with own:
        assert ask(own, "SHOW data_checksums") == ("on",)
        encoding = ask(
            own,
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database "
            "WHERE datname = 'postgres'",
        )
    assert encoding == ("UTF8", "C.UTF-8")


def test_settings_given_win_and_local_conf_wins_over_them(home: Path) -> None:
    cluster = Cluster.prepare(home, progress=silent, settings={"fsync": "off", "work_mem": "5MB"})
    (cluster.place / "etc").mkdir()
    (cluster.place / "etc" / "local.conf").write_text("work_mem = '7MB'\n")
    with cluster:
        assert ask(cluster, "SHOW fsync") == ("off",)
        assert ask(cluster, "SHOW work_mem") == ("7MB",)
    cluster.destroy()


def test_long_path_gets_a_socket_under_the_temporary_folder(tmp_path: Path) -> None:
    home = tmp_path / ("a-folder-name-of-some-length" * 4)
    cluster = Cluster.prepare(home, progress=silent)
    try:
        assert not cluster.sockets.is_relative_to(home)
        with cluster:
            assert ask(cluster, "SELECT 1") == (1,)
            assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    finally:
        cluster.destroy()


def test_path_with_spaces_quotes_and_commas_works(tmp_path: Path) -> None:
    cluster = Cluster.prepare(tmp_path / "it's a, folder", progress=silent)
    try:
        with cluster:
            assert ask(cluster, "SELECT 1") == (1,)
            assert (
                psycopg2.connect(
                    cluster.url("postgres", "postgres").replace("+psycopg2", "")
                ).info.user
                == "postgres"
            )
    finally:
        cluster.destroy()


def test_socket_folder_planted_by_somebody_else_is_refused(tmp_path: Path) -> None:
    cluster = Cluster.prepare(tmp_path / ("long" * 30), progress=silent)
    try:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        cluster.sockets.symlink_to(elsewhere)
        with pytest.raises(ClusterError, match="isn't ours"):
            cluster.start()
        cluster.sockets.unlink()
    finally:
        cluster.destroy()


def test_second_supervisor_is_refused_and_told_who_the_first_is(home: Path, own: Cluster) -> None:
    first = holder(home)
    try:
        with pytest.raises(ClusterError, match=f"process {first.pid}"):
            own.start()
        assert own.running, "the first one's server must be left alone"
    finally:
        first.terminate()
        first.wait(30)


def test_context_manager_borrows_a_running_cluster_and_leaves_it_up(
    home: Path, own: Cluster
) -> None:
    first = holder(home)
    try:
        with own as borrowed:
            pid = borrowed.pid
            assert ask(borrowed, "SELECT 1") == (1,)
        assert own.running
        assert own.pid == pid
    finally:
        first.terminate()
        first.wait(30)
    assert not own.running


def test_start_that_fails_says_what_the_server_said(home: Path) -> None:
    broken = Cluster.prepare(home, progress=silent, settings={"max_connections": "none"})
    with pytest.raises(ClusterError, match="max_connections"):
        broken.start()
    assert recovery.postmaster(broken.data) is None
    mended = Cluster.prepare(home, progress=silent)
    with mended:
        assert ask(mended, "SELECT 1") == (1,)
    mended.destroy()


def test_interrupted_initialisation_is_done_again(home: Path) -> None:
    half = home / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("15\n")
    cluster = Cluster.prepare(home, progress=silent)
    with cluster:
        assert ask(cluster, "SELECT 1") == (1,)
    assert not half.exists()
    cluster.destroy()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_a_cluster_as_himself(open_folder: Path) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("missing tool: a python3 every user can reach")
    home = open_folder / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    script = (
        "from pathlib import Path\n"
        "from geoapp.embedded import Cluster\n"
        f"cluster = Cluster.prepare(Path({str(home)!r}), progress=print)\n"
        "with cluster:\n"
        "    cluster.create_database('kota')\n"
        "    print('up', Path(f'/proc/{cluster.pid}').stat().st_uid)\n"
    )
    done = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", python, "-c", script],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(open_folder / "source"),
             "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/", capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert f"up {home.stat().st_uid}" in done.stdout, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's own folders shut the database out")
def test_root_runs_it_as_another_user_below_a_folder_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster.prepare(closed / "home", progress=silent)
    try:
        with cluster:
            assert Path(f"/proc/{cluster.pid}").stat().st_uid == cluster.account.uid != 0
            assert ask(cluster, "SELECT 1", user="postgres") == (1,)
    finally:
        cluster.destroy()
