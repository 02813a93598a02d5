"""Cubes in, something a model can use out."""

from .fence import Fence, defused
from .governed import GovernedEngine
from .language_model import EchoModel, LanguageModel, Message
from .plan import Band, Form, InjectionPlan, Place, PlanFrame, Segment, Shape
from .planner import Planner
from .prose import Prose, ProseSentence
from .standing import Standing
from .telling import Candidate
from .tokens import EstimatedTokens, TokenCounter

__all__ = [
    "Band",
    "Candidate",
    "EchoModel",
    "EstimatedTokens",
    "Fence",
    "Form",
    "GovernedEngine",
    "InjectionPlan",
    "LanguageModel",
    "Message",
    "Place",
    "PlanFrame",
    "Planner",
    "Prose",
    "ProseSentence",
    "Segment",
    "Shape",
    "Standing",
    "TokenCounter",
    "defused",
]
