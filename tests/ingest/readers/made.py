"""Real files, made by the libraries that people make them with."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MADE = datetime(2025, 3, 14, 5, 40, tzinfo=UTC)
STATED = 1741930800000000  # MADE in microseconds


def word(path: Path) -> Path:
    """A Word document: headings, a list, a table, English and Chinese."""
    from docx import Document

    made = Document()
    made.core_properties.title = "Valve report 阀门"
    made.core_properties.author = "Ada Finch"
    made.core_properties.modified = MADE.replace(tzinfo=None)
    made.add_heading("Night shift", 1)
    made.add_paragraph("The valve RV-7 failed at 02:10. Ada Finch kept the log.")
    made.add_paragraph("closed the line", style="List Bullet")
    made.add_paragraph("called Ben Stone", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Part", "Place", "RV-7", "Hall 2"], strict=True):
        cell.text = text
    made.add_heading("阀门", 2)
    made.add_paragraph("阀门漏水。王小明在北京更换了阀门。")
    made.save(str(path))
    return path


def slides(path: Path) -> Path:
    """Two slides: bullets and notes, and a table."""
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation()
    made.core_properties.title = "Plant 水厂"
    made.core_properties.modified = MADE.replace(tzinfo=None)
    first: Any = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text = "Valves"
    first.placeholders[1].text_frame.text = "RV-7 failed at 02:10.\nBen Stone came."
    first.notes_slide.notes_text_frame.text = "王小明更换了阀门。"
    second: Any = made.slides.add_slide(made.slide_layouts[6])
    grid = second.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Part", "RV-7"
    made.save(str(path))
    return path


def workbook(path: Path) -> Path:
    """A workbook: people, their plants on another sheet, dates, a formula, Chinese."""
    from openpyxl import Workbook

    made = Workbook()
    made.properties.title = "Staff"
    staff: Any = made.active
    staff.title = "employees"
    staff.append(["id", "name", "plant_id", "since", "hours", "pay"])
    staff.append([1, "Ada Finch", 7, datetime(2024, 2, 1), 7.5, "=E2*100"])
    staff.append([2, "王小明", 8, datetime(2024, 2, 1, 6, 30), 8.0, None])
    plants = made.create_sheet("plants")
    plants.append(["id", "name"])
    plants.append([7, "Osmeadow Plant"])
    plants.append([8, "北京水厂"])
    made.create_sheet("empty")
    made.save(str(path))
    return path


def pdf(path: Path, *, pages: int = 2, password: str | None = None) -> Path:
    """A PDF in English and Chinese, a sentence of which runs over the end of a page."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    guard = StandardEncryption(password, "owner", strength=40) if password else None
    made = Canvas(str(path), encrypt=guard, invariant=1)
    made.setTitle("Valve report 阀门")
    made.setAuthor("Ada Finch")
    for page in range(pages):
        made.setFont("Helvetica", 11)
        made.drawString(70, 760, f"The valve RV-{page} failed at 02:10. Ada Finch kept the")
        made.setFont("STSong-Light", 11)
        made.drawString(70, 740, "阀门漏水。王小明在北京更换了阀门。")
        made.setFont("Helvetica", 11)
        made.drawString(70, 720, "It was replaced by Ben Stone on 4 May, and then the")
        made.showPage()
    made.save()
    return path


def scan(path: Path) -> Path:
    """A PDF whose two pages are pictures, with bookmarks."""
    from reportlab.pdfgen.canvas import Canvas

    made = Canvas(str(path), invariant=1)
    made.setTitle("Night log")
    made.setAuthor("Ada Finch")
    made.setSubject("Valves of hall 2")
    for page in range(2):
        made.bookmarkPage(str(page))
        made.addOutlineEntry(f"Shift {page + 1}", str(page), level=page)
        made.drawImage(str(image(path.with_suffix(".jpg"))), 10, 10, 100, 100)
        made.showPage()
    made.save()
    path.with_suffix(".jpg").unlink()
    return path


def pictured(path: Path) -> Path:
    """A document, slides, a workbook or a book that holds a picture and no word, by its suffix."""
    picture = image(path.with_name("picture.jpg"))
    shown: Any
    if path.suffix == ".docx":
        from docx import Document

        shown = Document()
        shown.core_properties.title = "Night log"
        shown.add_picture(str(picture))
    elif path.suffix == ".pptx":
        from pptx import Presentation

        shown = Presentation()
        shown.core_properties.title = "Night log"
        for _ in range(2):
            shown.slides.add_slide(shown.slide_layouts[6]).shapes.add_picture(str(picture), 0, 0)
    elif path.suffix == ".xlsx":
        from openpyxl import Workbook
        from openpyxl.drawing.image import Image

        shown = Workbook()
        shown.properties.title = "Night log"
        shown.active.add_image(Image(str(picture)))
    else:
        book(path, {"one.xhtml": '<img src="picture.jpg"/>'})
        with zipfile.ZipFile(path) as made:
            parts = {name: made.read(name) for name in made.namelist()}
        item = b'<manifest><item id="p" href="picture.jpg" media-type="image/jpeg"/>'
        parts["OPS/book.opf"] = (
            parts["OPS/book.opf"].replace(b"<manifest>", item).replace(b">Valves<", b">Night log<")
        )
        with zipfile.ZipFile(path, "w") as made:
            for name, data in {**parts, "OPS/picture.jpg": picture.read_bytes()}.items():
                made.writestr(name, data)
        picture.unlink()
        return path
    shown.save(str(path))
    picture.unlink()
    return path


def endless(path: Path) -> Path:
    """A PDF of a few kilobytes that draws one form in another, ten times each: 10^24 times a line of text."""
    depth = 24
    calls = b" ".join(b"/X Do" for _ in range(10))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(calls), calls),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for level in range(depth):
        last = level == depth - 1
        drawn = b"BT /F 9 Tf (tea) Tj ET" if last else calls
        inner = b"/Font << /F 5 0 R >>" if last else b"/XObject << /X %d 0 R >>" % (level + 7)
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << %b >> /Length %d >>\n"
            b"stream\n%b\nendstream" % (inner, len(drawn), drawn)
        )
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(data))
    )
    path.write_bytes(data)
    return path


def book(path: Path, chapters: dict[str, str] | None = None) -> Path:
    """An EPUB book, as its specification wants it."""
    texts = chapters or {
        "one.xhtml": "<h1>One</h1><p>The valve RV-7 failed.</p><script>x()</script>",
        "two.xhtml": "<h1>阀门</h1><p>王小明更换了阀门。</p>",
    }
    items = "".join(
        f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in texts
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in texts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        made.writestr(
            "OPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Valves</dc:title><dc:creator>Ada Finch'
            "</dc:creator><dc:date>2025-03-14</dc:date><dc:language>en-GB</dc:language></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name, body in texts.items():
            made.writestr(
                f"OPS/{name}",
                '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
                f"<head><title>t</title></head><body>{body}</body></html>",
            )
    return path


def image(path: Path) -> Path:
    """A picture with EXIF."""
    from PIL import ExifTags, Image

    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "Valve RV-7 in hall 2"
    exif[ExifTags.Base.Artist] = "Ada Finch"
    exif[ExifTags.Base.DateTime] = MADE.strftime("%Y:%m:%d %H:%M:%S")
    Image.new("RGB", (40, 30)).save(path, exif=exif)
    return path


def song(path: Path) -> Path:
    """Sound: a second of silence as WAV, with a title as RIFF INFO."""
    import wave

    data = io.BytesIO()
    with wave.open(data, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(8000)
        made.writeframes(b"\x80" * 8000)
    title = b"Night shift\0"
    info = b"INFO" + b"INAM" + len(title).to_bytes(4, "little") + title
    whole = data.getvalue() + b"LIST" + len(info).to_bytes(4, "little") + info
    path.write_bytes(whole[:4] + (len(whole) - 8).to_bytes(4, "little") + whole[8:])
    return path


def archive(path: Path) -> Path:
    """A ZIP archive of two files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("log/night.txt", "RV-7 failed.")
        made.writestr("阀门.txt", "漏水")
    return path


ALL = {
    "report.docx": word,
    "plant.pptx": slides,
    "staff.xlsx": workbook,
    "valve.pdf": pdf,
    "valves.epub": book,
    "photo.jpg": image,
    "night.wav": song,
    "logs.zip": archive,
}
"""What makes a file of each kind."""
