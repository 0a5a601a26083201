"""What `doctor` says: the checks of installation and workspace, and of the cluster where one is set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.doctor import Check, examine
from pipeline.errors import ClaimtrailError, PackageMissing
from pipeline.settings import ClusterSettings, Settings, load
from pipeline.workspace import find

NO_TLS = "without TLS: whoever reaches these addresses can read documents and run programs"


def doctor_answer(root: Path) -> tuple[dict[str, Any], Sequence[Check]]:
    """What `doctor` says of the workspace in this folder, and the checks."""
    checks = [*examine(root), *_cluster(root)]
    return {"ok": all(c.ok for c in checks), "checks": [check.as_json() for check in checks]}, checks


def _cluster(root: Path) -> Iterator[Check]:
    try:
        workspace = find(root)
        settings = load(workspace.settings_file)
    except ClaimtrailError:
        return  # said by the other checks
    if settings.cluster is None:
        return
    try:
        yield from _workers(settings, settings.cluster, workspace.root)
    except ClaimtrailError as error:
        yield Check("cluster", False, error.message, error.remedy)
    except ModuleNotFoundError as error:
        yield Check("cluster", False, f"the package {error.name} is missing", PackageMissing.hint)


def _workers(settings: Settings, cluster: ClusterSettings, root: Path) -> Iterator[Check]:
    from flows.fleet import Fleet, NoWorkers, connected  # Dask takes a second to load

    with connected(cluster, root) as client:
        fleet = Fleet(client, settings)
        fitting, misfits = fleet.fitting(), fleet.misfits()
        said = [f"{len(fitting)} workers read {fleet.threads} documents at once"]
        said += [] if cluster.ca else [NO_TLS]
        yield Check("cluster", bool(fitting), "; ".join(said), "" if fitting else NoWorkers.hint)
        for address, why in misfits.items():
            yield Check(f"worker {address}", False, f"not used: {', '.join(why)}", NoWorkers.hint)
