"""Cubes in, something a model can use out."""

from .fence import Fence, defused
from .language_model import EchoModel, LanguageModel, Message
from .prompt import PromptBlock, prompt_block
from .prose import Prose, ProseSentence
from .tokens import EstimatedTokens, ModelTokens, TokenCounter

__all__ = [
    "EchoModel",
    "EstimatedTokens",
    "Fence",
    "LanguageModel",
    "Message",
    "ModelTokens",
    "PromptBlock",
    "Prose",
    "ProseSentence",
    "TokenCounter",
    "defused",
    "prompt_block",
]
