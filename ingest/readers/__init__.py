"""Readers: files in, documents out."""

from .folder import READ_TYPES, Skipped, discover, read_documents, skipped

__all__ = ["READ_TYPES", "Skipped", "discover", "read_documents", "skipped"]
