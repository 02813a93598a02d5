"""Cubes in, something a model can use out."""

from .prompt import PromptBlock, defused, prompt_block
from .tokens import EstimatedTokens, ModelTokens, TokenCounter

__all__ = [
    "EstimatedTokens",
    "ModelTokens",
    "PromptBlock",
    "TokenCounter",
    "defused",
    "prompt_block",
]
