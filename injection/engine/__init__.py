"""Plans in, answers out: what carries a plan out, in this process or behind HTTP."""

from .chat_completions import ChatCompletions
from .echo import EchoEngine
from .engine import Generation, InferenceEngine, Stream

__all__ = ["ChatCompletions", "EchoEngine", "Generation", "InferenceEngine", "Stream"]
