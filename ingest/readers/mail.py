r"""Letters (RFC 5322): what its sender says, and below it what is quoted of whom; mailboxes (RFC 4155) of them.

A letter is a dialogue: "I" is who wrote it. Of its parts the plain text counts, else what a reader of its HTML
would see; what is attached is named, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from ..document import Document, ReadError, Turn
from .dates import parse_date
from .file import File, Reader
from .page import visible_text
from .prose import REPLY, person

MAX_BOX = 256_000_000
"""The largest mailbox that is read, in bytes."""

_MEDIA = "message/rfc822"
_ENVELOPE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_WROTE = re.compile(
    r"[^>].{6,160}?(?:wrote|writes|schrieb.{0,60}|a écrit|escribió|ha scritto|schreef.{0,60}|写道|寫道)\s?[:：]",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE = re.compile(
    r"(?:[,，]|\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?|\d{4})[,，]?\s+"
    r"(?P<who>[^\d,，:<>]{2,60}?)\s*(?:<[^<>]*>)?\s*"
    r"(?:wrote|writes|a écrit|escribió|ha scritto|写道|寫道)\s?[:：]\s*$",
    re.DOTALL,
)
_ORIGINAL = re.compile(r"\s*-{2,}\s*(?:original|forwarded) message\s*-{2,}\s*$", re.IGNORECASE)
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class _Part:
    """What one person wrote, and the line that says of whom it is quoted."""

    who: str | None
    text: str
    above: str = ""


def read_letter(data: bytes, uri: str, file: str) -> Document:
    r"""Read one letter; raises ReadError where there is none.

    >>> told = b"From: Ann <ann@example.org>\nSubject: Re: Pump\n\nI closed it.\n\n> Who closed it?\n"
    >>> letter = read_letter(told, "a.eml", "a.eml")
    >>> letter.title, [(turn.speaker, letter.text[turn.start : turn.end]) for turn in letter.turns]
    ('Pump', [('Ann', 'I closed it.'), ('Unknown', 'Who closed it?')])
    """
    letter = BytesParser(_class, policy=policy.default).parsebytes(data)
    assert isinstance(letter, EmailMessage)  # as the policy makes it
    said = {name: _field(letter, name) for name in _SHOWN}
    if not said["From"] and not said["Subject"] and not said["Date"]:
        raise ReadError(
            f"{file}: is no letter (it has neither From, Date nor Subject); leave it out."
        )
    sender = person(said["From"]) or "Unknown"
    text = "".join(f"{name}: {value}\n" for name, value in said.items() if value)
    attached = (
        [_name_of(part) for part in letter.iter_attachments()] if letter.is_multipart() else []
    )
    text += "".join(f"Attachment: {name}\n" for name in attached)
    turns: list[Turn] = []
    stated = parse_date(said["Date"])
    for part in _parts(_body(letter), sender, 0):
        text += f"\n{part.above}\n" if part.above else "\n"
        # of what is quoted it is not known when it was written
        turns.append(
            Turn(
                len(text),
                len(text) + len(part.text),
                part.who or "Unknown",
                None,
                stated if len(turns) == 0 and part.who == sender else None,
            )
        )
        text += f"{part.text}\n"
    note = f"{file}: what is attached to letters is named, and not read: save it as a file to have it read"
    return Document(
        uri,
        REPLY.sub("", said["Subject"]) or None,
        text,
        _MEDIA,
        None,
        stated,
        sender if said["From"] else None,
        tuple(turns),
        notes=(note,) if attached else (),
    )


_class = EmailMessage


def _field(letter: EmailMessage, name: str) -> str:
    """A field as text; nothing where it is there and cannot be read."""
    try:
        return " ".join(str(letter.get(name, "")).split())
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        raw = next((v for k, v in letter.raw_items() if k.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def _body(letter: EmailMessage) -> str:
    try:
        part = letter.get_body(preferencelist=("plain", "html"))
    except (AttributeError, KeyError, TypeError):
        part = None  # a structure that contradicts itself
    if part is None:
        part = next((p for p in letter.walk() if p.get_content_type() == "text/plain"), None)
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    text = _decoded(raw, part.get_content_charset())
    if part.get_content_type() == "text/html":
        return visible_text(text)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _decoded(raw: bytes, charset: str | None) -> str:
    from .decoding import guessed

    for name in (charset, "utf-8", guessed(raw)):
        try:
            if name is not None:
                return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", "backslashreplace")


def _name_of(part: EmailMessage) -> str:
    name = part.get_filename() or part.get_content_type()
    return " ".join(str(name).split())[:200]


def _parts(text: str, who: str | None, depth: int) -> Iterator[_Part]:
    """What somebody wrote, and below each quotation what they had read."""
    own: list[str] = []
    place, rows = 0, text.split("\n")
    while place < len(rows):
        if rows[place].startswith(">") and depth < _DEEPEST:
            end = place
            while end < len(rows) and (rows[end].startswith(">") or not rows[end].strip()):
                end += 1
            quoted = "\n".join(row[1:].removeprefix(" ") for row in rows[place:end])
            above = _above(own)
            yield from _written(own, who)
            own = []
            named = _BEFORE.search(above)
            for number, part in enumerate(
                _parts(quoted, named and named["who"].strip(), depth + 1)
            ):
                yield part if number else _Part(part.who, part.text, above or part.above)
            place = end
        elif _ORIGINAL.match(rows[place]) and depth < _DEEPEST:
            yield from _written(own, who)
            above, begin = _fields(rows, place + 1)
            told = re.search(r"(?:From|Von|De|发件人)\s?[:：]\s*(.+)", above)
            sender = person(told[1]) if told else None
            for number, part in enumerate(_parts("\n".join(rows[begin:]), sender, depth + 1)):
                yield part if number else _Part(part.who, part.text, above or part.above)
            return
        else:
            own.append(rows[place])
            place += 1
    yield from _written(own, who)


def _written(rows: list[str], who: str | None) -> Iterator[_Part]:
    text = "\n".join(rows).strip()
    if text:
        yield _Part(who, text)


def _above(own: list[str]) -> str:
    """Take the line, or the two, that say who is quoted off the end of what is written above."""
    while own and not own[-1].strip():
        own.pop()
    for count in (1, 2):
        last = " ".join(row.strip() for row in own[-count:])
        if len(own) >= count and _WROTE.fullmatch(last):
            del own[-count:]
            return last
    return ""


def _fields(rows: list[str], place: int) -> tuple[str, int]:
    """The header lines of a letter that was copied below another."""
    end = place
    while end < len(rows) and (
        not rows[end].strip() and end == place or re.match(r"[^\s:：]{2,20}\s?[:：]\s", rows[end])
    ):
        end += 1
    return "\n".join(row for row in rows[place:end] if row.strip()), end


def _letter(file: File) -> list[Document]:
    return [read_letter(file.data(MAX_BOX), file.uri, file.name)]


def _box(file: File) -> Iterator[Document]:
    """The letters of a mailbox, each a source under its own id."""
    data = file.data(MAX_BOX)
    if not data.startswith(b"From "):
        raise ReadError(
            f"{file.name}: is no mailbox (it does not begin with 'From '); leave it out."
        )
    begins = [found for found in _ENVELOPE.finditer(data) if _parted(data, found.start())]
    left = 0
    for number, found in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(data)
        raw = _ESCAPED.sub(rb"\1", data[found.end() : end])
        try:
            read = read_letter(raw, file.uri, file.name)
        except ReadError:
            left += 1
            continue
        known = re.search(
            rb"^message-id:\s*<([^<>\s]{1,200})>", raw[:20_000], re.IGNORECASE | re.MULTILINE
        )
        name = known[1].decode("ascii", "backslashreplace") if known else str(number)
        yield Document(
            f"{file.uri}#{name}",
            read.title,
            read.text,
            read.media,
            None,
            read.stated,
            read.author,
            read.turns,
            notes=read.notes,
        )
    if left:
        file.notes.append(f"{file.path.name}: {left} parts of it are no letters and were left out")


def _parted(data: bytes, place: int) -> bool:
    """Whether a line "From …" stands at the beginning or below an empty line, as between letters."""
    return (
        place == 0
        or data[max(0, place - 2) : place].replace(b"\r", b"").startswith(b"\n")
        or (data[max(0, place - 4) : place] == b"\r\n\r\n")
    )


LETTER = Reader("letter", (".eml",), _letter, media=("message/rfc822",), handed=False)
MAILBOX = Reader("mailbox", (".mbox", ".mbx"), _box, handed=False)
