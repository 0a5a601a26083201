"""What can go wrong with a matter: the workspace, the register, the records. The root is in `extractors.errors`."""

from __future__ import annotations

import errno

from extractors.errors import ClaimtrailError, DiskFull, DocumentError, InstallationError

__all__ = [
    "AmbiguousName",
    "AnsweredMeanwhile",
    "ChecklistError",
    "ClaimtrailError",
    "CopyDiffers",
    "DiskFull",
    "DocumentError",
    "InstallationError",
    "MatterError",
    "NoNotice",
    "NoWorkspace",
    "NotFound",
    "NotWritable",
    "OriginalDamaged",
    "OriginalsAway",
    "PackageMissing",
    "RecordsAway",
    "RecordsUnusable",
    "RegisterError",
    "SidecarAlone",
    "SystemFault",
    "TimestampFailed",
    "UsageError",
    "WorkspaceBusy",
    "WorkspaceTooNew",
    "WrongMatter",
    "named",
]


class MatterError(ClaimtrailError):
    """Something about the matter as a whole."""

    code = "matter"
    exit_code = 2


class UsageError(MatterError):
    code = "usage"
    hint = "See claimtrail COMMAND --help."


class NoNotice(MatterError):
    code = "no_notice"
    hint = "Name the contract form that applies in the claims register (contract), and import it again."


class NoWorkspace(MatterError):
    code = "no_workspace"
    hint = "Make one with claimtrail init DIR, or name it with --workspace or CLAIMTRAIL_WORKSPACE."


class WorkspaceBusy(MatterError):
    code = "workspace_busy"
    hint = "Wait until the other process has finished, or stop it."


class WorkspaceTooNew(MatterError):
    code = "workspace_too_new"
    hint = "Install the version of claimtrail that made it, or a newer one."


class RecordsUnusable(MatterError):
    code = "records_unusable"
    hint = "Restore records.sqlite from a back-up; the originals are not affected."


class WrongMatter(MatterError):
    code = "wrong_matter"
    hint = "Name this matter's own database in settings.yaml (records), or make another folder with claimtrail init."


class CopyDiffers(MatterError):
    code = "copy_differs"
    exit_code = 1
    hint = "Nothing was changed in what was copied. Check both databases (claimtrail doctor) and copy again."


class NotFound(MatterError):
    code = "not_found"
    hint = "See claimtrail list and claimtrail claims list."


class AmbiguousName(MatterError):
    code = "ambiguous"
    hint = "Give more characters of the id."


class AnsweredMeanwhile(MatterError):
    code = "answered_meanwhile"
    exit_code = 1
    hint = "Look at what stands now, and say it again where it should be otherwise."


class RegisterError(MatterError):
    code = "register"
    hint = "Correct the line that the message names and import the register again; nothing was changed."


class TimestampFailed(MatterError):
    code = "timestamp_failed"
    exit_code = 1
    hint = "Nothing else is lost: try again with claimtrail stamp, or see timestamp in settings.yaml."


class ChecklistError(MatterError):
    code = "checklist"
    hint = "Correct the file in the workspace's folder checklists; docs/extending.md tells its form."


class RecordsAway(InstallationError):
    code = "records_away"
    hint = (
        "See that the database server runs and lets this user in (records.url in settings.yaml, PGPASSFILE), and "
        "start the same command again; what was finished is kept."
    )


class PackageMissing(InstallationError):
    code = "package_missing"
    hint = "Install what teams need: pip install 'claimtrail[team]'."


class NotWritable(InstallationError):
    code = "not_writable"
    hint = "Give the user who runs claimtrail the right to write there, or mount the disk writable."


class SystemFault(InstallationError):
    code = "system"
    hint = "Mend what the message names and start the same command again; what was finished is kept."


class OriginalsAway(InstallationError):
    code = "originals_away"
    hint = "See that the network and the store are up and originals in settings.yaml is right; then start it again."


class OriginalDamaged(DocumentError):
    code = "original_damaged"
    hint = "Take the original in again from where it came; claimtrail verify lists all that are damaged."


class SidecarAlone(DocumentError):
    code = "sidecar_alone"
    hint = "Put it into the inbox again together with its file; once that was taken in, it may come alone."


FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EROFS, errno.EACCES, errno.EPERM)


def named(error: OSError) -> ClaimtrailError:
    """What the operating system refused, as one of our errors: `DiskFull`, `NotWritable` or `SystemFault`."""
    where = f"{error.filename}: " if error.filename else ""
    said = f"{where}{error.strerror or error}"
    if error.errno in FULL:
        return DiskFull(f"No space left ({said}).")
    return NotWritable(f"{said}.") if error.errno in DENIED else SystemFault(f"{said}.")
