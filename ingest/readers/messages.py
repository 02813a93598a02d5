"""Messages as chat APIs and agents log them: what is said, and calls of tools in the formats in use.

Read are OpenAI's chat completions (`tool_calls`, `tool_call_id`, and the older `function_call`) and
responses (`function_call`, `function_call_output`), Anthropic's blocks (`tool_use`, `tool_result`), MCP's
JSON-RPC (`tools/call` and its result), plain traces ({tool, arguments, result, error, time}) and what `dialect` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..document import ReadError
from .dates import parse_date
from .dialect import UNSPOKEN, plain
from .transcript import Call, Transcript, as_text

BODY = ("content", "text", "body", "utterance", "paragraph_text", "memory")
TIME = (
    "time",
    "timestamp",
    "create_time",
    "created_at",
    "created",
    "date",
    "published",
    "stated",
    "start_timestamp",
)
NAME = ("name", "speaker", "from", "sender")
_ARGUMENTS = ("arguments", "args", "input", "parameters", "params")
_RESULT = ("result", "output", "response")
_ROLES = {"human": "user", "gpt": "assistant", "ai": "assistant", "bot": "assistant"}
_SILENT = {"thinking", "redacted_thinking", "thoughts", "reasoning", "reasoning_recap"}


def field(value: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that holds a text."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def when(value: Mapping[str, Any], *names: str) -> int | None:
    """The first of these fields (`TIME` where none are named) that holds a date."""
    found = (parse_date(value.get(name)) for name in names or TIME)
    return next((moment for moment in found if moment is not None), None)


def kind_of(value: object) -> str:
    """What a JSON value is, in words for a message."""
    if isinstance(value, Mapping):
        keys = ", ".join(str(key)[:40] for key in list(value)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    return {list: "a list", str: "a string", type(None): "null"}.get(
        type(value), "a number or boolean"
    )


def is_message(value: Mapping[str, Any]) -> bool:
    """Whether an object is one turn of a chat, or one event of a tool's trace."""
    if plain(value) is not value:
        return True
    inner = value.get("message")
    if isinstance(inner, Mapping) and isinstance(inner.get("role"), str):
        return True
    if is_posted(value):
        return True
    if isinstance(inner, str) and field(value, "from", "sender", "speaker") is not None:
        return True
    if any(isinstance(value.get(name), str) for name in ("role", "speaker")):
        return any(name in value for name in (*BODY, "tool_calls", "function_call", "value"))
    return is_event(value)


def is_posted(value: Mapping[str, Any]) -> bool:
    """Whether an object is a message of Slack's export, or of Telegram's."""
    who = any(isinstance(value.get(name), str) for name in ("user", "username", "from"))
    dated = "ts" in value or "date_unixtime" in value
    return value.get("type") == "message" and who and dated and "text" in value


def is_notice(value: object) -> bool:
    """Whether an entry of such an export is nobody's words: somebody joined, something was pinned."""
    if not isinstance(value, Mapping):
        return False
    if value.get("type") in UNSPOKEN or (
        value.get("jsonrpc") == "2.0" and value.get("method", "tools/call") != "tools/call"
    ):
        return True
    changed = value.get("type") == "message" and str(value.get("subtype")).startswith("channel_")
    return changed or (value.get("type") == "service" and "action" in value)


def is_event(value: Mapping[str, Any]) -> bool:
    """Whether an object is a call of a tool, or the answer to one."""
    if value.get("jsonrpc") == "2.0":
        return value.get("method") == "tools/call" or "result" in value or "error" in value
    if value.get("type") in ("function_call", "function_call_output", "tool_use", "tool_result"):
        return True
    named = field(value, "tool", "tool_name") is not None
    return named and any(name in value for name in (*_ARGUMENTS, *_RESULT, "error"))


def add(told: Transcript, value: Mapping[str, Any], place: str, session: str | None = None) -> None:
    """Add one message or event to a transcript; raises ReadError, which names `place`."""
    value = plain(value)
    inner = value.get("message")
    if isinstance(inner, Mapping) and "role" in inner:
        value = {**{name: value[name] for name in TIME if name in value}, **inner}
    if "role" not in value and "speaker" not in value and is_event(value):
        _event(told, value, None)
        return
    if is_notice(value):
        told.pass_over(None if value.get("id") is None else str(value["id"]))
        return
    if is_posted(value):
        value = _posted(value)
    role = field(value, "role") or _role(field(value, "from", "sender"))
    name = field(value, *NAME)
    if name is None or name in _ROLES or name == role:
        name = (role or "Unknown").capitalize()
    speaker = name
    stated = when(value)
    if role in ("tool", "function"):
        _result(told, value, stated)
        return
    said = inner if isinstance(inner, str) else None
    content = next((value[n] for n in (*BODY, "value") if n in value), said)
    if not isinstance(content, list):
        if content is not None and not isinstance(content, str):
            raise ReadError(f"{place}: its content is {kind_of(content)}, not text.")
        told.say(speaker, content or "", role, stated, session)
    else:
        _blocks(told, content, speaker, role, stated, session)
    _asked(told, value, speaker, stated)


def _posted(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message of Slack's or Telegram's, under the names that others use."""
    profile = value.get("user_profile")
    named = field(profile, "display_name", "real_name") if isinstance(profile, Mapping) else None
    said = value["text"]
    if isinstance(said, list):  # Telegram: words and stretches of bold and links, as they follow
        parts = (part.get("text", "") if isinstance(part, Mapping) else part for part in said)
        said = "".join(part for part in parts if isinstance(part, str))
    seconds = value.get("date_unixtime", value.get("ts"))
    try:
        stated = None if seconds is None else float(seconds)
    except (TypeError, ValueError):
        stated = None
    speaker = named or field(value, "from", "username", "user") or "Unknown"
    return {"speaker": speaker, "text": said, "stated": stated}


def _role(name: str | None) -> str | None:
    return _ROLES.get(name or "", name if name in ("user", "assistant", "system", "tool") else None)


def _asked(told: Transcript, value: Mapping[str, Any], speaker: str, stated: int | None) -> None:
    """The calls that a message of OpenAI's makes."""
    calls = value.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, Mapping):
            inner = call.get("function") or call.get("custom") or call
            made = inner if isinstance(inner, Mapping) else call
            arguments = as_text(next((made[n] for n in _ARGUMENTS if n in made), None))
            id = field(call, "id", "call_id")
            told.call(
                Call(
                    field(made, "name") or "tool", id, arguments, None, None, stated, None, speaker
                )
            )
    older = value.get("function_call")
    if isinstance(older, Mapping):
        arguments = as_text(older.get("arguments"))
        told.call(
            Call(field(older, "name") or "tool", None, arguments, stated=stated, caller=speaker)
        )


def _result(told: Transcript, value: Mapping[str, Any], stated: int | None) -> None:
    content = next((value[name] for name in (*BODY, *_RESULT) if name in value), None)
    failed = value.get("is_error") is True or value.get("status") == "error"
    tool = field(value, "name", "tool_name")
    id = field(value, "tool_call_id", "tool_use_id", "call_id")
    told.answer(id, as_text(content), error=failed, stated=stated, tool=tool)


def _blocks(
    told: Transcript,
    content: list[Any],
    speaker: str,
    role: str | None,
    stated: int | None,
    session: str | None,
) -> None:
    """A message in parts: text is said, calls and results are events, all in their order."""
    said: list[str] = []

    def flush() -> None:
        told.say(speaker, "\n".join(said), role, stated, session)
        said.clear()

    for part in content:
        if isinstance(part, str):
            said.append(part)
        elif not isinstance(part, Mapping) or part.get("type") in _SILENT:
            continue
        elif is_event(part):
            flush()
            _event(told, {"stated": stated, **part}, speaker)
        elif isinstance(text := part.get("text"), str):
            said.append(text)
    flush()


def _event(told: Transcript, value: Mapping[str, Any], caller: str | None) -> None:
    stated, kind = when(value), value.get("type")
    if value.get("jsonrpc") == "2.0":
        _remote(told, value, stated)
    elif kind in ("function_call_output", "tool_result"):
        content = next((value[n] for n in ("output", "content") if n in value), None)
        failed = value.get("is_error") is True
        id = field(value, "call_id", "tool_use_id")
        told.answer(id, as_text(content), error=failed, stated=stated, tool=field(value, "name"))
    elif kind in ("function_call", "tool_use"):
        arguments = as_text(next((value[n] for n in _ARGUMENTS if n in value), None))
        id = field(value, "call_id", "id")
        told.call(Call(field(value, "name") or "tool", id, arguments, stated=stated, caller=caller))
    else:
        _plain(told, value, stated)


def _remote(told: Transcript, value: Mapping[str, Any], stated: int | None) -> None:
    """MCP over JSON-RPC 2.0: a request, or the response with its id."""
    id = None if value.get("id") is None else str(value["id"])
    params = value.get("params")
    if isinstance(params, Mapping):
        arguments = as_text(params.get("arguments"))
        told.call(Call(field(params, "name") or "tool", id, arguments, stated=stated))
        return
    if id is not None and id in told.passed:
        return  # to list tools, to begin: no call
    error, result = value.get("error"), value.get("result")
    if error is not None:
        message = error.get("message") if isinstance(error, Mapping) else error
        told.answer(id, as_text(message), error=True, stated=stated)
        return
    inner: Mapping[str, Any] = result if isinstance(result, Mapping) else {"content": result}
    content = inner["content"] if "content" in inner else dict(inner)
    told.answer(id, as_text(content), error=inner.get("isError") is True, stated=stated)


def _plain(told: Transcript, value: Mapping[str, Any], stated: int | None) -> None:
    arguments = as_text(next((value[n] for n in _ARGUMENTS if n in value), None))
    result = next((value[n] for n in _RESULT if n in value), None)
    error = value.get("error")
    tool = field(value, "tool", "tool_name") or "tool"
    id = value.get("id") or value.get("call_id")
    name = str(id) if isinstance(id, str | int) and not isinstance(id, bool) else None
    if not any(n in value for n in _ARGUMENTS) and name in told.open:
        told.answer(name, as_text(error or result), error=bool(error), stated=stated, tool=tool)
        return
    call = Call(tool, name, arguments, stated=stated)
    if error:
        call.error = as_text(error)
    elif result is not None:
        call.result = as_text(result)
    told.call(call)
