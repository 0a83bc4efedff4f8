"""Whatever is killed: the next start works and no acknowledged row is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geoapp.embedded import Cluster, recovery

from .conftest import PACKAGE, ask, holder, kill_hard, until


def test_postmaster_killed_hard_starts_again_with_every_committed_row(own: Cluster) -> None:
    own.start()
    ask(own, "CREATE TABLE pin (number int)", user="postgres")
    for number in range(20):
        ask(own, f"INSERT INTO pin VALUES ({number})", user="postgres")
    kill_hard(own.pid)
    assert not own.running
    own.start()
    # 0 + 1 + … + 19 = 190
    assert ask(own, "SELECT count(*), sum(number) FROM pin", user="postgres") == (20, 190)


def test_supervisor_killed_hard_takes_the_database_along(home: Path, own: Cluster) -> None:
    supervisor = holder(home)
    kill_hard(supervisor.pid)
    supervisor.wait()
    until(lambda: own.pid is None)
    own.start()
    assert own.running


def test_supervisor_and_postmaster_killed_hard_at_once(home: Path, own: Cluster) -> None:
    supervisor = holder(home)
    server = own.pid
    kill_hard(supervisor.pid)
    kill_hard(server)
    supervisor.wait()
    assert (own.data / "postmaster.pid").exists(), "nobody was left to remove it"
    own.start()
    assert own.running
    assert own.pid != server


def test_pid_file_that_names_a_living_stranger_is_stale(own: Cluster) -> None:
    own.start()
    kill_hard(own.pid)
    stranger = subprocess.Popen(["sleep", "600"], cwd="/")
    try:
        pid_file = own.data / "postmaster.pid"
        rest = pid_file.read_text().splitlines()[1:]
        pid_file.write_text("\n".join([str(stranger.pid), *rest]) + "\n")
        until(lambda: not list(recovery.workers(own.data)))
        assert recovery.postmaster(own.data) is None
        own.start()
        assert own.running
        assert stranger.poll() is None, "the stranger must be left alone"
    finally:
        stranger.kill()
        stranger.wait()


def test_pid_file_that_names_a_zombie_is_stale(own: Cluster) -> None:
    own.start()
    kill_hard(own.pid)
    # Dead, and not waited for: a zombie until the end of this block.
    zombie = subprocess.Popen(["true"])
    until(lambda: "Z" in Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(")")[2].split()[0])
    try:
        pid_file = own.data / "postmaster.pid"
        rest = pid_file.read_text().splitlines()[1:]
        pid_file.write_text("\n".join([str(zombie.pid), *rest]) + "\n")
        own.start()
        assert own.running
    finally:
        zombie.wait()


@pytest.mark.parametrize("content", ["", "not a number\n", "99999999\n", "-1\n", "0\n1\n"])
def test_pid_file_with_nonsense_is_stale(own: Cluster, content: str) -> None:
    (own.data / "postmaster.pid").write_text(content)
    own.start()
    assert own.running


def test_living_postmaster_without_a_supervisor_is_taken_over(home: Path, own: Cluster) -> None:
    # A server nobody supervises: started detached, the way no code of ours does it.
    own.start()
    own.stop()
    command = own.account.command(
        own.binaries.program("postgres"), f"--config-file={own.place / 'etc/postgresql.conf'}"
    )
    orphan = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True)
    until(lambda: own.running)
    own.start()
    assert own.running
    assert own.pid != orphan.pid
    assert orphan.wait(30) == 0, "it must have been shut down, not killed"


def test_backend_killed_hard_does_not_end_the_server(own: Cluster) -> None:
    own.start()
    server = own.pid
    backend = next(pid for pid in recovery.workers(own.data) if pid != server)
    os.kill(backend, signal.SIGKILL)
    until(lambda: _answers(own))
    assert own.pid == server


def _answers(cluster: Cluster) -> bool:
    import psycopg2

    try:
        return ask(cluster, "SELECT 1") == (1,)
    except psycopg2.OperationalError:
        return False


def test_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: not recovery.is_alive(child.pid))
    assert Path(f"/proc/{child.pid}").exists()
    child.wait()


def test_process_with_brackets_in_its_name_is_alive(tmp_path: Path) -> None:
    odd = tmp_path / "a) Z (b"
    odd.symlink_to("/bin/sleep")
    child = subprocess.Popen([str(odd), "600"])
    try:
        assert recovery.is_alive(child.pid)
    finally:
        child.kill()
        child.wait()


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to give up")
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_works_with_the_few_capabilities_a_container_gives_root(
    open_folder: Path, mode: int
) -> None:
    # Docker's default gives neither the right to look at other users' processes nor the
    # one to enter closed folders; below such a folder the cluster moves to /var/lib.
    folder = open_folder / "checkout"
    folder.mkdir()
    folder.chmod(mode)
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from geoapp.embedded import Cluster\n"
        f"cluster = Cluster.prepare(Path({str(folder / 'home')!r}), progress=print)\n"
        "try:\n"
        "    cluster.start()\n"
        "    first = cluster.pid\n"
        "    again = Cluster.prepare(cluster.place.parent, progress=print) "
        "if cluster.place.name == 'postgres' else cluster\n"
        "    assert again.running and again.pid == first\n"
        "    os.kill(first, signal.SIGKILL)\n"
        "    while cluster.pid: pass\n"
        "    cluster.start()\n"
        "    assert cluster.running and cluster.pid != first\n"
        "    print('place', cluster.place)\n"
        "finally:\n"
        "    cluster.destroy()\n"
    )
    drop = "-sys_ptrace,-dac_read_search,-sys_admin"
    done = subprocess.run(
        ["setpriv", f"--bounding-set={drop}", sys.executable, "-c", script],
        cwd=PACKAGE.parent, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    expected = folder / "home" if mode == 0o755 else Path("/var/lib/geoapp")
    assert f"place {expected}/" in done.stdout
