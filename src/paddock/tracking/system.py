"""How busy the machine is: MLflow's own collectors, and the memory of this training."""

# ruff: noqa: PLC0415 - MLflow takes seconds to import, so only what talks to a store does

import logging
from typing import Any, Protocol, cast

import psutil

from paddock.tracking.store import import_mlflow

_log = logging.getLogger(__name__)


class _Collector(Protocol):
    """The part of MLflow's BaseMetricsMonitor that is used here; MLflow gives it no types."""

    def collect_metrics(self) -> None: ...
    def aggregate_metrics(self) -> dict[str, float]: ...
    def clear_metrics(self) -> None: ...


class SystemMetrics:
    """Samples CPU, memory, disk, network and, where ``nvidia-ml-py`` is installed, GPUs."""

    def __init__(self) -> None:
        self._collectors = _collectors()
        self._process = psutil.Process()

    def sample(self) -> dict[str, float]:
        """One reading under the names MLflow's UI draws as system metrics.

        ``system/process_memory_megabytes`` is what this process and its data workers hold.
        """
        values: dict[str, float] = {}
        for collector in self._collectors:
            collector.collect_metrics()
            values.update(collector.aggregate_metrics())
            collector.clear_metrics()
        values["process_memory_megabytes"] = round(self._memory_bytes() / 1e6, 1)
        return {f"system/{name}": float(value) for name, value in values.items()}

    def _memory_bytes(self) -> int:
        total: int = self._process.memory_info().rss
        for child in self._process.children(recursive=True):
            try:
                total += child.memory_info().rss
            except psutil.NoSuchProcess:  # a data worker that has just ended
                continue
        return total


def _collectors() -> list[_Collector]:
    import_mlflow()
    from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
    from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
    from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
    from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

    kinds: list[Any] = [CPUMonitor, DiskMonitor, NetworkMonitor, GPUMonitor]
    collectors = []
    for kind in kinds:
        try:
            collectors.append(cast(_Collector, kind()))
        except (ImportError, RuntimeError) as error:  # MLflow's two ways of saying: no library, no GPU
            _log.debug("GPU use is not recorded: %s", error)
    return collectors
