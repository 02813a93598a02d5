"""Readers: files in, documents out."""

from .file import File, Reader
from .folder import Skipped, discover, read_documents, skipped
from .registry import READ_TYPES, reader_for

__all__ = [
    "READ_TYPES",
    "File",
    "Reader",
    "Skipped",
    "discover",
    "read_documents",
    "reader_for",
    "skipped",
]
