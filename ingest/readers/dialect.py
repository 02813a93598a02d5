"""Dialects: messages of other makers, under the names that OpenAI's chat completions use.

Known are LangChain's messages (as dictionaries and as it serialises them), Google's `contents` with `parts`,
DiscordChatExporter's messages and those of Microsoft's Graph (Teams), as each writes them in 2024-2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

UNSPOKEN = frozenset(
    "reasoning item_reference web_search_call file_search_call computer_call image_generation_call "  # noqa: SIM905
    "code_interpreter_call local_shell_call mcp_list_tools systemEventMessage ChannelPinnedMessage GuildMemberJoin "
    "RecipientAdd RecipientRemove ChannelNameChange ThreadCreated Call".split()
)
"""Types of entries that are nobody's words."""

_CHAIN = {
    "human": "user",
    "HumanMessage": "user",
    "HumanMessageChunk": "user",
    "ai": "assistant",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "system": "system",
    "SystemMessage": "system",
    "tool": "tool",
    "ToolMessage": "tool",
    "function": "function",
    "FunctionMessage": "function",
}


def plain(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message of one of the dialects as others write it; anything else as it is.

    >>> plain({"type": "human", "data": {"content": "Hi"}})
    {'content': 'Hi', 'role': 'user'}
    >>> plain({"role": "user", "parts": [{"text": "Hi"}]})["content"]
    [{'type': 'text', 'text': 'Hi'}]
    """
    inner = value.get("data", value.get("kwargs"))
    if isinstance(inner, Mapping) and "content" in inner:
        named = value.get("id")
        kind = named[-1] if isinstance(named, list) and named else value.get("type")
        role = _CHAIN.get(str(kind)) or _CHAIN.get(str(inner.get("type")))
        if role is not None:
            kept = {name: one for name, one in inner.items() if name not in ("type", "id")}
            return {**kept, "role": role}
    if isinstance(value.get("parts"), list) and isinstance(value.get("role"), str):
        return _parts(value)
    author = value.get("author")
    posted = value.get("type") in ("Default", "Reply") and "timestamp" in value
    if posted and isinstance(author, Mapping) and isinstance(value.get("content"), str):
        return {
            **value,
            "role": None,
            "speaker": _first(author, "nickname", "global_name", "name", "username"),
        }
    return _graph(value)


def _first(value: Mapping[str, Any], *names: str) -> str:
    found = (value.get(name) for name in names)
    return next((one.strip() for one in found if isinstance(one, str) and one.strip()), "Unknown")


def _parts(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Google's: the parts of a turn are text, calls, and what functions gave back."""
    blocks: list[Any] = []
    for part in value["parts"]:
        if not isinstance(part, Mapping):
            blocks += [{"type": "text", "text": part}] if isinstance(part, str) else []
            continue
        call = part.get("functionCall", part.get("function_call"))
        back = part.get("functionResponse", part.get("function_response"))
        if isinstance(call, Mapping):
            blocks.append(
                {
                    "type": "tool_use",
                    "name": call.get("name"),
                    "input": call.get("args"),
                    "id": call.get("id"),
                }
            )
        elif isinstance(back, Mapping):
            said = json.dumps(back.get("response"), ensure_ascii=False)
            blocks.append(
                {
                    "type": "tool_result",
                    "content": said,
                    "name": back.get("name"),
                    "tool_use_id": back.get("id"),
                }
            )
        elif isinstance(part.get("text"), str) and not part.get("thought"):
            blocks.append({"type": "text", "text": part["text"]})
    role = value.get("role", "user")
    return {
        **value,
        "content": blocks,
        "role": "assistant" if role == "model" else "user" if role == "function" else role,
    }


def _graph(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Microsoft's: who sent it and its body are objects, the body often HTML."""
    sender, body = value.get("from"), value.get("body")
    user = sender.get("user") or sender.get("application") if isinstance(sender, Mapping) else None
    if not (isinstance(user, Mapping) and isinstance(body, Mapping)):
        return value
    text = body.get("content")
    if not isinstance(text, str) or value.get("messageType", "message") != "message":
        return value
    if str(body.get("contentType", "")).lower() == "html":
        from .page import visible_text

        text = visible_text(text)
    return {
        "speaker": _first(user, "displayName", "id"),
        "text": text,
        "created_at": value.get("createdDateTime"),
    }
