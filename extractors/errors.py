"""What can go wrong with one document, and what can go wrong with the installation: one tree, drawn once.

A `DocumentError` costs one document: it is recorded with it, shown, and the run goes on. An `InstallationError`
stops the run with the remedy. Each class carries a stable `code`, an `exit_code` and a `hint` what to do.
"""

from __future__ import annotations

from typing import ClassVar


class ClaimtrailError(Exception):
    """The root. `message` says what and which file; `hint` says what to do."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    hint: ClassVar[str] = ""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = hint if hint is not None else self.hint

    def as_json(self) -> dict[str, str]:
        """`{"code", "message", "hint"}`, the form of the contract."""
        return {"code": self.code, "message": self.message, "hint": self.remedy}

    def __reduce__(self) -> tuple[type[ClaimtrailError], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


class DocumentError(ClaimtrailError):
    """One document could not be read; the others go on."""

    code = "unreadable"
    hint = "Open the file in the program that made it, save it again and take it in anew."
    heals: ClassVar[bool] = False
    """Whether time alone may mend it, so that a later try makes sense."""


class Encrypted(DocumentError):
    code = "encrypted"
    hint = "Ask the sender for a copy without a password, or remove the password and take the file in anew."


class Corrupt(DocumentError):
    code = "corrupt"
    hint = "The file is damaged or was cut off on its way. Ask the sender for it again."


class Empty(DocumentError):
    code = "empty"
    hint = "The file holds nothing. Ask the sender for it again."


class Unsupported(DocumentError):
    code = "unsupported"
    hint = "Save it as PDF and take that in; the original is kept all the same."


class TooLarge(DocumentError):
    code = "too_large"
    hint = "Split the file, or raise the limit that the message names in the workspace's settings."


class TimedOut(DocumentError):
    code = "timed_out"
    hint = "Try again when the machine is less busy (claimtrail retry), or raise the limit in the settings."
    heals = True


class WorkerDied(DocumentError):
    code = "worker_died"
    hint = "The program that read it crashed. Try again (claimtrail retry), or save the file as PDF."
    heals = True


class OcrFailed(DocumentError):
    code = "ocr_failed"
    hint = "Run claimtrail doctor, then claimtrail retry."
    heals = True


class FileUnreachable(DocumentError):
    code = "unreachable"
    hint = "Check that the file exists and that you may read it."
    heals = True


class InstallationError(ClaimtrailError):
    """Something that all documents need is missing; the run stops with the remedy."""

    code = "installation"
    exit_code = 2
    hint = "Run claimtrail doctor."


class TesseractMissing(InstallationError):
    code = "tesseract_missing"
    hint = "Install Tesseract with its languages: apt-get install tesseract-ocr tesseract-ocr-chi-sim."


class RapidOcrMissing(InstallationError):
    code = "rapidocr_missing"
    hint = (
        "Install it anew (pip install --force-reinstall 'claimtrail[ocr]'), or set ocr.engine to tesseract."
    )


class DiskFull(InstallationError):
    code = "disk_full"
    hint = "Free some space and start the same command again; what was finished is kept."


class LibmagicMissing(InstallationError):
    code = "libmagic_missing"
    hint = "Install libmagic: apt-get install libmagic1 (macOS: brew install libmagic)."


class MediaLibraryMissing(InstallationError):
    code = "media_library_missing"
    hint = "Install them anew: pip install opencv-python-headless pymediainfo."


def recorded(code: str, message: str, hint: str) -> DocumentError:
    """The error that was recorded with a document in the form of `as_json`."""
    found = next((kind for kind in _kinds(DocumentError) if kind.code == code), DocumentError)
    return found(message, hint)


def _kinds(root: type[DocumentError]) -> list[type[DocumentError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]
