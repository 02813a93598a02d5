"""What is written about GraphQL: the page's queries are run, and the printed schema is the code's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from graphql import (
    FieldDefinitionNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    parse,
    print_ast,
)

from memcubes.api.graphql.limit import ALIASES, BODY, DEPTH, TOKENS
from memcubes.api.graphql.reading import MOST_NODES, MOST_WALKS
from memcubes.api.graphql.schema import printed
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where
from memcubes.injection.language_model import EchoModel

from .conftest import WHEN, Server, admit, tag

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "graphql.md").read_text("utf-8")
SCHEMA = ROOT / "api" / "graphql" / "schema.graphql"
BLOCK = re.compile(r"^```graphql\n(.*?)^```\n\n^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)

API = """
interface Node { id: ID! }
input AsOf { recorded: Instant, seq: Seq, valid: Instant }
type Query {
  viewer: Agent!
  node(id: ID!, asOf: AsOf): Node
  graph(namespace: String!, asOf: AsOf): Graph!
  search(namespaces: [String!]!, question: String!, where: CubeFilter, asOf: AsOf, first: Int = 10, after: String): SearchResult!
  changeSets(namespace: String!, where: ChangeSetFilter, first: Int = 20, after: String): ChangeSetConnection!
}
type Graph {
  seq: Seq!
  cubes(where: CubeFilter, orderBy: CubeOrder, first: Int = 20, after: String): CubeConnection!
  entities(where: EntityFilter, first: Int = 20, after: String): EntityConnection!
  facts(where: FactFilter, first: Int = 20, after: String): FactConnection!
  search(question: String, where: CubeFilter, first: Int = 10, after: String): SearchResult!
  match(pattern: JSON!): PatternResult!
}
interface Traceable implements Node {
  id: ID!
  staleBecause: [ChangeSet!]!
  trace(direction: Direction!, depth: Int = 3, first: Int = 50, after: String): TraceConnection!
  history(first: Int = 20, after: String): ChangeSetConnection!
}
type Evidence { source: Source! start: Int! end: Int! quote: String! digest: String! }
type ChangeSet implements Node {
  id: ID! seq: Seq! verb: String! actor: Agent! onBehalfOf: Agent reason: String! recorded: Instant!
  operations: [Operation!]! impact: Impact! reverts: ChangeSet
}
type Impact { facts: FactDelta! stale: TraceConnection! answersGiven: InjectionConnection! }
input OperationInput @oneOf {
  remember: RememberInput revise: ReviseInput retract: TargetInput merge: MergeInput revert: RevertInput
}
input ChangeInput { mode: Mode! namespace: String! operations: [OperationInput!]! reason: String! baseSeq: Seq idempotencyKey: ID! }
type Mutation {
  change(input: ChangeInput!): ChangeResult! ingest(input: IngestInput!): IngestResult!
  inject(input: InjectInput!): InjectResult! ask(input: AskInput!): AskResult!
}
"""
"""The shape to aim at, as far as it is built: names, nullability, arguments and defaults."""


def test_the_printed_schema_is_the_codes() -> None:
    assert SCHEMA.read_text("utf-8") == printed(), (
        "the schema has changed: `memcubes serve --print-schema > api/graphql/schema.graphql` "
        "writes it anew; look at the difference, clients depend on it"
    )


def test_the_schema_has_the_shape_to_aim_at() -> None:
    built = {one.name.value: one for one in parse(printed()).definitions if hasattr(one, "name")}
    for aimed in parse(API).definitions:
        name = aimed.name.value  # type: ignore[attr-defined]
        fields = {field.name.value: told(field) for field in built[name].fields}  # type: ignore[attr-defined]
        for field in aimed.fields:  # type: ignore[attr-defined]
            assert fields[field.name.value] == told(field), name
    schema = build_schema(printed())
    traceable = schema.type_map["Traceable"]
    assert isinstance(traceable, GraphQLInterfaceType)
    kinds = {kind.name for kind in schema.get_possible_types(traceable)}
    assert kinds == {"MemCube", "Fact", "Injection"}
    union = schema.type_map["ChangeResult"]
    assert isinstance(union, GraphQLUnionType)
    members = [kind.name for kind in union.types]
    assert members == ["ChangeSet", "Preview", "Conflict", "Invalid", "Denied", "DependsOn"]


def told(field: FieldDefinitionNode) -> str:
    """A field without its description."""
    text = re.sub(r'^""".*?"""', "", print_ast(field), flags=re.DOTALL)
    return " ".join(text.split())


def test_the_queries_of_the_page_give_the_answers_of_the_page(empty: Server) -> None:
    blocks = BLOCK.findall(PAGE)
    assert len(blocks) == PAGE.count("```graphql") == PAGE.count("```json")
    for query, told in blocks:
        expected = json.loads(told)
        answer = empty.answer(query)
        if "errors" in expected:
            found = [
                {"code": e["extensions"]["code"], "message": e["message"]} for e in answer["errors"]
            ]
            assert found == expected["errors"]
        else:
            assert answer == {"data": expected}, query


def test_the_page_states_the_limits() -> None:
    for most in (DEPTH, ALIASES, TOKENS, BODY, MOST_NODES, MOST_WALKS):
        assert f"| {most:,} |" in PAGE


REVIEW = '{ graph(namespace: "default") { review(applied: true) { %s } } }'
CUBES = '{ graph(namespace: "default") { cubes(first: 100) { edges { node { %s } } } } }'
FACTS = CUBES.replace("cubes", "facts")
ENTITIES = CUBES.replace("cubes", "entities")
SEARCH = (
    '{ graph(namespace: "default") { search(question: "When did the valve RV-7 fail?") { %s } } }'
)
LOG = '{ changeSets(namespace: "default", first: 100) { edges { node { %s } } } }'
RETRACTED = LOG.replace("first: 100", 'where: {verb: "retract"}')
ANSWERS = RETRACTED % "impact { answersGiven { %s } }"
INJECTIONS = ANSWERS % "edges { node { %s } }"
TRACE = INJECTIONS % "trace(direction: UP) { %s }"
DRY = """mutation { change(input: {mode: DRY_RUN, namespace: "default", reason: "", idempotencyKey: "1",
    %s operations: [{%s}]}) { ... on %s { SELECTION } } }"""
DIFF = '{ diff(namespace: "default", one: "ONE", other: "OTHER") { ... on %s { SELECTION } } }'
VERSIONS = DIFF.replace(', other: "OTHER"', "") % "VersionDifference"
QUOTES = DIFF.replace("ONE", "FIRST").replace("OTHER", "SECOND") % "AnswerDifference"
MERGED = (DRY % ("", 'merge: {entities: ["S-88", "RV-7"]}', "Preview")).replace(
    "SELECTION", "joining { %s }"
)
MATCH = '{ graph(namespace: "default") { match(pattern: [{ entities: ["RV-7"] }]) { %s } } }'
INJECTED = 'mutation { inject(input: {namespace: "default", question: "RV-7?"}) { SELECTION } }'
ASKED = """mutation { ask(input: {namespace: "default", question: "When did the valve RV-7 fail?", prose: true}) {
    SELECTION } }"""
PROSE = ASKED.replace("SELECTION", "prose { SELECTION }")
SHORT = """mutation { inject(input: {namespace: "default", question: "Who replaced the coil S-88?", budget: 300}) {
    segments { spans { SELECTION } } } }"""
WHERE = {
    "Query": "{ %s }",
    "Mutation": "mutation { %s }",
    "Agent": "{ viewer { %s } }",
    "Graph": '{ graph(namespace: "default") { %s } }',
    "MemCube": CUBES,
    "CubeConnection": CUBES.replace("edges { node { %s } }", "%s"),
    "CubeEdge": CUBES.replace("node { %s }", "%s"),
    "PageInfo": CUBES.replace("edges { node { %s } }", "pageInfo { %s }"),
    "Tag": CUBES % "tags { %s }",
    "Evidence": CUBES % "evidence { %s }",
    "Source": CUBES % "sources { %s }",
    "ValidTime": CUBES % "valid { %s }",
    "Recorded": CUBES % "recorded { %s }",
    "Fact": FACTS,
    "FactConnection": FACTS.replace("edges { node { %s } }", "%s"),
    "FactEdge": FACTS.replace("node { %s }", "%s"),
    "Entity": ENTITIES,
    "EntityConnection": ENTITIES.replace("edges { node { %s } }", "%s"),
    "EntityEdge": ENTITIES.replace("node { %s }", "%s"),
    "SearchResult": SEARCH,
    "SearchEdge": SEARCH % "edges { %s }",
    "SearchStep": SEARCH % "edges { why { %s } }",
    "SearchPart": SEARCH % "edges { parts { %s } }",
    "SearchTerm": SEARCH % "edges { added { %s } }",
    "SearchCut": SEARCH.replace('fail?"', 'fail?", first: 1') % "cut { %s }",
    "SearchLead": SEARCH % "edges { lead { %s } }",
    "Facet": SEARCH % "facets(by: [TAGS, STATE]) { %s }",
    "FacetValue": SEARCH % "facets(by: [STATE]) { values { %s } }",
    "PatternResult": MATCH,
    "PatternRow": MATCH % "rows { %s }",
    "ChangeSet": LOG,
    "ChangeSetConnection": LOG.replace("edges { node { %s } }", "%s"),
    "ChangeSetEdge": LOG.replace("node { %s }", "%s"),
    "Operation": LOG % "operations { %s }",
    "Impact": RETRACTED % "impact { %s }",
    "Made": RETRACTED % "impact { made { %s } }",
    "PastAnswer": RETRACTED % "impact { pastAnswers { %s } }",
    "VersionDifference": VERSIONS,
    "FieldDifference": VERSIONS.replace("SELECTION", "fields { SELECTION }"),
    "Stretch": VERSIONS.replace("SELECTION", "text { SELECTION }"),
    "AnswerDifference": QUOTES,
    "Cited": QUOTES.replace("SELECTION", "went { SELECTION }"),
    "CitedDifference": QUOTES.replace("SELECTION", "changed { SELECTION }"),
    "FactDelta": RETRACTED % "impact { facts { %s } }",
    "FactBelief": RETRACTED % "impact { facts { withdrawn { %s } } }",
    "InjectionConnection": ANSWERS,
    "InjectionEdge": ANSWERS % "edges { %s }",
    "Injection": INJECTIONS,
    "Use": INJECTIONS % "used { %s }",
    "TraceConnection": TRACE,
    "TraceEdge": TRACE % "edges { %s }",
    "TraceJoin": TRACE % "edges { joins { %s } }",
    "Quote": TRACE % "edges { joins { quotes { %s } } }",
    "Review": REVIEW,
    "NameProposal": REVIEW % "names { %s }",
    "Feature": REVIEW % "names { because { %s } }",
    "StatementProposal": REVIEW % "statements { %s }",
    "Namespace": "NODE",
    "Decision": "NODE",
    "IngestResult": 'mutation { ingest(input: {namespace: "default", paths: ["log.txt"]}) { %s } }',
    "Gone": """mutation {
        before: ingest(input: {namespace: "default", texts: [{name: "g.json", text: "[{\\"title\\": \\"A\\", \\"text\\": \\"A failed.\\"}, {\\"title\\": \\"B\\", \\"text\\": \\"B failed.\\"}]"}]}) { cubes }
        ingest(input: {namespace: "default", texts: [{name: "g.json", text: "[{\\"title\\": \\"A\\", \\"text\\": \\"A failed.\\"}]"}]}) { gone { %s } } }""",
    "NotTaken": 'mutation { ingest(input: {namespace: "default", texts: [{name: "a", text: ""}]}) { skipped { %s } } }',
    "InjectResult": INJECTED,
    "ChatMessage": INJECTED.replace("SELECTION", "messages { SELECTION }"),
    "PlanSegment": INJECTED.replace("SELECTION", "segments { SELECTION }"),
    "CharacterSpan": SHORT,
    "PlanCost": INJECTED.replace("SELECTION", "cost { SELECTION }"),
    "TokenIds": """mutation { inject(input: {namespace: "default", question: "When did RV-7 fail?", model: "echo"}) {
        segments { tokenIds { %s } } } }""",
    "CarryOutResult": """mutation { carryOut(input: {namespace: "default", plan: PLAN, model: "echo", mostTokens: 9}) {
        %s } }""",
    "AskResult": ASKED,
    "AnswerQuote": ASKED.replace("SELECTION", "quotes { SELECTION }"),
    "Prose": PROSE,
    "ProseSentence": PROSE.replace("SELECTION", "sentences { SELECTION }"),
    "ProseReading": PROSE.replace("SELECTION", "read { SELECTION }"),
    "Preview": DRY % ("", 'retract: {target: "log.txt"}', "Preview"),
    "Conflict": DRY % ("baseSeq: 1,", 'retract: {target: "log.txt"}', "Conflict"),
    "Invalid": DRY % ("", 'retract: {target: "nothing"}', "Invalid"),
    "Joining": MERGED % "SELECTION",
    "MovingEdges": MERGED % "moves { SELECTION }",
    "PropertyConflict": MERGED % "conflicts { SELECTION }",
    "DependsOn": DRY % ("", 'revert: {change: "@2"}', "DependsOn"),
    "Denied": DRY % ("", 'retract: {target: "log.txt"}', "Denied"),
}
"""A way to each type, with a place for what is asked of it."""


def everything(kind: GraphQLObjectType) -> str:
    """A selection of all fields of a type; a composite one by the name of its type."""
    given = {
        "trace": "(direction: UP)",
        "node": '(id: "@2")',
        "graph": '(namespace: "default")',
        "changeSets": '(namespace: "default")',
        "match": '(pattern: [{entities: "RV-7"}])',
        "diff": '(namespace: "default", one: "@2", other: "@3")',
        "impact": '(namespace: "default", target: "log.txt")',
        "change": """(input: {mode: DRY_RUN, namespace: "default", reason: "", idempotencyKey: "1",
            operations: [{retract: {target: "log.txt"}}]})""",
        "review": """(input: {mode: DRY_RUN, namespace: "default", reason: "", idempotencyKey: "1",
            proposal: "beef0000", verdict: REJECT})"""
        if kind.name == "Mutation"
        else "",
        "search": '(namespaces: ["default"], question: "When did RV-7 fail?")'
        if kind.name == "Query"
        else "",
        "inject": '(input: {namespace: "default", question: "When did RV-7 fail?"})',
        "ask": '(input: {namespace: "default", question: "When did RV-7 fail?"})',
        "carryOut": '(input: {namespace: "default", plan: PLAN})',
        "ingest": '(input: {namespace: "default", texts: [{name: "b", text: "The pump P-3 stopped."}]})',
    }
    root = kind.name in {
        "Query", "Mutation", "Graph", "ChangeSet", "MemCube", "Fact", "Injection",
    }  # fmt: skip
    return " ".join(
        name
        + (given.get(name, "") if root else "")
        + ("" if is_leaf_type(get_named_type(field.type)) else " { __typename }")
        for name, field in kind.fields.items()
        if not (kind.name == "ChangeSet" and name == "impact")
        and name not in {"trace", "history", "staleBecause"}
    )


def test_every_type_and_field_is_asked_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.service.settings.model = "echo"
    # the double has token ids for once
    monkeypatch.setattr(EchoModel, "tokenizer", "echo", raising=False)
    monkeypatch.setattr(EchoModel, "ids", lambda self, text: [len(text)], raising=False)
    node = next(h.cube.node for h in server.memory.search("BP-2").hits if "BP-2" in h.cube.text)
    first = str(server.memory.ask(WHEN).receipt)
    tag(server, node, "night")
    gone = server.memory.retract("vendor.md").change
    second = str(server.memory.ask(WHEN).receipt)
    assert gone is not None
    server.memory.revert(gone.seq)
    server.memory.revise(node, "The valve RV-7 failed at 02:22.")
    for said in (
        "Dr. Ann Reed works at Acme Corp. in Oslo.",
        "Ann Reed plays the cello.",
        "The rent is 700 euros.",
        "The rent was raised to 800 euros.",
    ):
        server.memory.remember(said)
    fact = next(b.fact for b in server.memory.beliefs().values() if "K-210" in b.words)
    server.memory.retract(fact)
    server.memory.retract("vendor.md")
    eve = admit(server, "local:eve")
    plan = server.memory.plan_json(server.memory.inject("When did RV-7 fail?").plan)
    quoted = json.dumps(json.dumps(plan))
    schema = build_schema(printed())
    kinds = {
        name: kind
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
    }
    assert set(WHERE) == set(kinds)
    nodes = {
        str(v.kind): v.node
        for v in all_found(server.memory.store(), server.memory.scope(), Where())
    }
    for name, kind in kinds.items():
        way = WHERE[name].replace("SELECTION", "%s")
        if way == "NODE":
            way = f'{{ node(id: "{nodes[name]}") {{ ... on {name} {{ %s }} }} }}'
        for place, ident in (("ONE", node), ("FIRST", first), ("SECOND", second)):
            way = way.replace(place, ident)
        query = (way % f"asked: __typename {everything(kind)}").replace("PLAN", quoted)
        found = (eve if name == "Denied" else server).ask(query)
        assert f"'asked': '{name}'" in str(found), (name, found)


@pytest.mark.parametrize("word", ["PROPOSE", "Proposal", "Subscription", "log"])
def test_what_is_not_built_is_left_out(word: str) -> None:
    schema = build_schema(printed())
    assert word not in schema.type_map
    assert word not in getattr(schema.type_map["Query"], "fields", {})
    assert word not in getattr(schema.type_map["Mode"], "values", {})
