"""Injecting: memory into a model, as a plan that any engine carries out, or by an engine of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..graph.belief import Status, beliefs
from ..graph.errors import Invalid, ModelMissing
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges, all_found
from ..graph.receipt import Use
from ..graph.scope import Along, Scope, Where
from ..query.quotable import quotable
from .activation_text import ActivationText
from .outcome import Injected
from .reference import written

if TYPE_CHECKING:
    from ..injection.plan import InjectionPlan, PlanFrame
    from ..injection.prose import Prose
    from ..injection.telling import Candidate
    from ..injection.template import Template
    from ..injection.tokens import TokenCounter
    from ..query.hit import SearchResult
    from ..query.quote import Answer

MOST_TOKENS = 100_000_000
"""The largest budget that `inject` takes: larger than any model's context."""

HOT = 3
"""Uses beyond which a cube stands in the band of a prompt that stays the same."""

FORMS = ("auto", "prompt", "kv")


class Injecting(ActivationText):
    """The verb `inject`, and the prose of answers."""

    def inject(
        self,
        question: str,
        *,
        budget: int = 1000,
        form: str = "auto",
        model: str | None = None,
        template: str | None = None,
        limit: int = 20,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        adapters: Sequence[str] = (),
    ) -> Injected:
        """Plan what of memory a model is given for a question, under a token budget, with a receipt.

        `form` is a prompt, a KV cache of a model on this machine (`kv`), or what is cheaper (`auto`). `model`
        is the one that tokens are counted for. `template` names a prompt template in memory, `adapters` cubes
        that steer the model (`steer`). The plan's text is ready to be pasted; `engine().generate(plan, …)`
        carries it out.
        """
        scope, plan = self.plan(
            question,
            budget=budget,
            form=form,
            model=model,
            template=template,
            limit=limit,
            as_of=as_of,
            valid_at=valid_at,
            without=without,
        )
        return self.give(scope, plan, form, model, adapters)

    def plan(
        self,
        question: str,
        *,
        budget: int,
        form: str,
        model: str | None,
        template: str | None,
        limit: int,
        as_of: str | int | None,
        valid_at: str | int | None,
        without: Sequence[str] = (),
    ) -> tuple[Scope, InjectionPlan]:
        """The first half of `inject`: what is told, and the scope in which it was read; nothing is given out yet."""
        if type(budget) is not int or budget <= 0:
            raise Invalid(f"a budget is a positive whole number of tokens, not {budget!r}")
        if budget > MOST_TOKENS:
            raise Invalid(f"a budget is at most {MOST_TOKENS:,} tokens: give a smaller one")
        if form not in FORMS:
            raise Invalid(f"there is no form '{form}': it is one of {', '.join(FORMS)}")
        for what, name in (("model", model), ("template", template)):
            if name is not None and not name.strip():
                raise Invalid(f"the {what} is empty: name one, or leave it out")
        scope = self.scope(as_of, valid_at, without)
        found = self.retrieval.operator.search(scope, written(question, "a question"), limit=limit)
        past = (as_of, valid_at, tuple(without)) != (None, None, ())
        plan = self._planned(scope, found, question, budget, form, model, template, past=past)
        self.usage.note(self.namespace, {one.node: None for one in plan.cited})
        return scope, plan

    def give(
        self,
        scope: Scope,
        plan: InjectionPlan,
        form: str,
        model: str | None,
        adapters: Sequence[str] = (),
    ) -> Injected:
        """The second half of `inject`: the form that an engine of this machine would read it in, and the receipt."""
        if not plan.used:
            return Injected(plan, None, ("nothing was injected: no receipt was written",))
        notes: tuple[str, ...] = ()
        about = {"model": model} if model else {}
        uses = self._uses(scope, plan)
        if adapters or form == "kv" or (form == "auto" and model):
            try:
                engine = self.engine(model)
                plan = engine.settled(self._steered(engine, plan, adapters))
                about = engine.about(plan)
                steering = self.store().get(self.scope(), list(engine.adapters(plan)))
                uses += tuple(Use(version) for version in steering)
            except ModelMissing as error:
                if adapters or form == "kv":
                    raise
                notes = (f"as a prompt: {error}",)
        node, note = self._receipt_of(plan, uses, about)
        return Injected(plan, node, (*notes, *filter(None, [note])))

    def prose(self, answer: Answer, adapters: Sequence[str] = ()) -> Prose:
        """The answer in the words of the settings' model, each sentence checked against the quotes.

        Only quotes that the engine believes are shown and bear anything out; citations are their
        numbers in the answer, from 1. `adapters` name cubes that steer the model. What was read leaves a
        receipt, and is kept as a KV cache once it was read often enough.
        """
        from ..injection.prose import MOST_TOKENS, Prose, Quoted, judged, prose_plan

        quotes = [
            Quoted(str(n), q.text, q.cube.node, q.cube.payload.digest, (q.span,))
            for n, q in enumerate(answer.quotes, 1)
            if q.status is Status.BELIEVED and q.cube.payload is not None
        ]
        engine = self.engine()
        plan = prose_plan(
            answer.question, quotes, engine, self._frame(answer.seq, past=answer.past)
        )
        if plan is None:
            return Prose(engine.name, ())
        steered = self._steered(engine, plan, adapters)
        made = engine.generate(steered, most_tokens=MOST_TOKENS)
        return Prose(engine.name, judged(made.text, [quote[:2] for quote in quotes]), made)

    def _frame(self, seq: int, *, past: bool) -> PlanFrame:
        from ..injection.plan import PlanFrame

        return PlanFrame(self.namespace, seq, self._word("fence")[:12], self._word("salt"), past)

    def _planned(
        self,
        scope: Scope,
        found: SearchResult,
        question: str,
        budget: int,
        form: str,
        model: str | None,
        template: str | None,
        *,
        past: bool,
    ) -> InjectionPlan:
        from ..injection.plan import Form
        from ..injection.planner import Planner
        from ..injection.tokens import EstimatedTokens

        counted = model or (self.settings.model if form == "kv" else "")
        counter = self._counter(counted) if counted else EstimatedTokens()
        planner = Planner(counter, self._frame(scope.seq, past=past))
        hot = {u.node for u in self.usage.most_used(self.namespace, 1_000) if u.count > HOT}
        plan = planner.plan(
            self._candidates(scope, found),
            question,
            budget,
            form=Form.KV if form == "kv" else Form.PROMPT,
            auto=form == "auto",
            hot=hot,
            template=self._template(scope, template) if template else None,
        )
        # for whoever carries it out elsewhere; an engine here finds its work done
        tokenizer = getattr(counter, "tokenizer", "")
        return plan.tokenised(tokenizer, counter.ids) if tokenizer else plan  # type: ignore[attr-defined]

    def _counter(self, model: str) -> TokenCounter:
        from ..injection import language_models as models

        return models.language_model(model)

    def _candidates(self, scope: Scope, found: SearchResult) -> list[Candidate]:
        """What was found, with the sentences and facts by which it can be told in short."""
        from ..injection.telling import Candidate, Fact, Sentence

        cubes = [hit.cube for hit in found.hits]
        near = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(cube.node for cube in cubes))
        stated: dict[str, list[str]] = {}
        for edge in all_edges(self.store(), scope, near) if cubes else ():
            stated.setdefault(edge.src, []).append(edge.dst)
        facts = sorted({fact for many in stated.values() for fact in many})
        held = beliefs(self.store(), scope, facts) if facts else {}
        rated = self.retrieval.relevances(scope, found.question or "", cubes)
        asked = set(self.retrieval.analyser.terms(found.question or ""))
        scores = [hit.score for hit in found.hits]
        least, most = min(scores, default=0.0), max(scores, default=0.0)
        return [
            Candidate(
                hit.cube,
                0.05 + 0.95 * (hit.score - least) / (most - least) if most > least else 1.0,
                # a line of a record says nothing without the others
                tuple(Sentence(*one) for one in rated.get(hit.cube.node, ()))
                if len(quotable(hit.cube)) > 1
                else (),
                tuple(
                    Fact(held[one].words, one, self._bearing(asked, held[one].words))
                    for one in sorted(stated.get(hit.cube.node, ()))
                    if held[one].believed
                ),
                tuple(one.span for one in hit.standings if one.status is Status.SUPERSEDED),
            )
            for hit in found.hits
        ]

    def _bearing(self, asked: set[str], words: str) -> float:
        """How much of a question's words a fact has, from 0.2 to 1."""
        mine = set(self.retrieval.analyser.terms(words))
        return max(0.2, len(asked & mine) / len(asked)) if asked else 0.2

    def _template(self, scope: Scope, name: str) -> Template:
        from ..injection.template import Template

        node = self.resolve(name, scope)
        versions = self.store().get(scope, [node])
        if versions and versions[0].kind is NodeKind.SOURCE:
            where = Where(kinds=(NodeKind.MEMCUBE,), origins=(node,))
            cubes = list(all_found(self.store(), scope, where))
        else:
            cubes = [v for v in versions if v.kind is NodeKind.MEMCUBE]
        if len(cubes) != 1:
            raise Invalid(
                f"'{name}' is no prompt template: it holds {len(cubes)} passages; name a cube, or a source of one"
            )
        return Template.of(cubes[0])

    def _uses(self, scope: Scope, plan: InjectionPlan) -> tuple[Use, ...]:
        """The versions that a plan tells, with the characters where that is not all."""
        spans = plan.spans
        versions = self.store().get(scope, list(spans))
        return tuple(Use(v, spans[v.node]) for v in versions if v.kind is NodeKind.MEMCUBE)
