"""A Spark cluster of one master and one worker on this machine, for the length of a test."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_SECONDS = 120.0
_LOOPBACK = "127.0.0.1"

# small data: what is compiled, planned at run time or spread costs more than it saves
_DEFAULTS = f"""
spark.driver.host {_LOOPBACK}
spark.driver.bindAddress {_LOOPBACK}
spark.driver.memory 1g
spark.executor.memory 1g
spark.ui.enabled false
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of the master. `folder` becomes SPARK_CONF_DIR and keeps what both write."""
    (folder / "spark-defaults.conf").write_text(_DEFAULTS, encoding="ascii")
    master = _start(folder, "master", "--host", _LOOPBACK, "--port", "0", "--webui-port", "0")
    worker = None
    try:
        address = _said(folder / "master.log", r"Starting Spark master at (spark://\S+)")
        common = ["--host", _LOOPBACK, "--port", "0", "--webui-port", "0", "--cores", "2", "--memory", "2g"]
        worker = _start(folder, "worker", *common, "--work-dir", str(folder / "work"), address)
        _said(folder / "worker.log", r"Successfully registered with master (\S+)")
        yield address
    finally:
        for process in (worker, master):
            if process is not None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
                process.wait()


def _start(folder: Path, name: str, *words: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}.{name.title()}", *words]
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": _LOOPBACK}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _said(log: Path, pattern: str) -> str:
    """What a process writes when it is ready."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        time.sleep(0.05)
    return found[1]
