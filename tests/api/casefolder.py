"""A small folder of documents that disagree, correct each other and share names."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "log.txt": "Subject: Plant log\nDate: 2025-03-12\n\nThe valve RV-7 failed at 02:10. "
    "Dana Ruiz opened the bypass BP-2.\n",
    "vendor.md": "# Vendor statement\n\nDate: 2025-03-19\n\n"
    "Correction: The valve RV-7 failed at 07:40, not at 02:10. "
    "A voltage dip damaged the controller K-210.\n",
    "order.md": "# Work order\n\nDate: 2025-03-10\n\nNorthline Controls replaced the coil S-88. "
    "Dana Ruiz works for Northline Controls.\n",
    "vendor2.md": "# Second statement\n\nDate: 2025-03-20\n\nNorthline Controls replaced the coil S-88. "
    "The cleaning crew left at 05:00.\n",
}


def write(folder: Path, *names: str) -> Path:
    """Write the named files (all, where none is named)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or FILES:
        (folder / name).write_text(FILES[name], "utf-8")
    return folder
