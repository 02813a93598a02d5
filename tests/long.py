"""What a campaign alone runs: tests whose worth for a minute of every run is less than that of others.

Each of them runs a property or a crash on Neo4j that runs on SQLite in every run, or tries the tests' own tools;
the rest of its file runs on both. The contract suite and the fuzzer run on both in every run.
"""

from __future__ import annotations

import os

import pytest

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"

LONG = (
    "tests/api/graphql/test_change.py::test_a_change_is_committed_and_tells_what_follows[neo4j]",
    "tests/api/graphql/test_change.py::test_a_key_stands_for_one_request[neo4j]",
    "tests/api/graphql/test_change.py::test_a_list_of_operations_is_refused_as_a_whole[neo4j]",
    "tests/api/graphql/test_change.py::test_a_restoration_of_what_changed_since_it_was_read_is_a_conflict[neo4j]",
    "tests/api/graphql/test_change.py::test_what_is_withdrawn_already_is_a_conflict[neo4j]",
    "tests/api/graphql/test_change.py::test_what_is_wrong_in_itself_is_invalid_and_writes_nothing[neo4j]",
    "tests/api/graphql/test_change.py::test_what_later_changes_stand_on_names_them[neo4j]",
    "tests/api/graphql/test_change.py::test_what_was_changed_since_it_was_read_is_a_conflict[neo4j]",
    "tests/api/graphql/test_reading.py::test_names_that_were_merged_are_one_entity_until_the_merge_is_undone[neo4j]",
    "tests/api/graphql/test_reading.py::test_search_says_why_and_reads_the_past[neo4j]",
    "tests/graph/neo4j/test_connection.py::test_a_server_that_is_read_only",
    "tests/graph/neo4j/test_schema.py::test_other_schemas_and_other_data_are_refused",
    "tests/graph/neo4j/test_schema.py::test_processes_that_open_at_once_make_one_schema",
    "tests/graph/test_prov_constraints.py::test_exports_keep_the_constraints[neo4j-0]",
    "tests/integration/test_activations.py::test_a_steering_is_a_cube_that_goes_with_its_texts[neo4j]",
    "tests/integration/test_activations.py::test_kept_by_use_and_gone_with_its_source[neo4j]",
    "tests/integration/test_ingest_crash.py::test_kills_lose_nothing_that_was_acknowledged[neo4j]",
    "tests/integration/test_ingest_crash.py::test_two_processes_write_and_search_one_store[neo4j]",
    "tests/properties/test_clocks.py::test_each_read_keeps_to_both_clocks[neo4j",
    "tests/properties/test_confluence.py::test_a_source_that_is_taken_back_leaves_what_was_there_without_it[neo4j]",
    "tests/properties/test_confluence.py::test_an_edited_source_is_what_its_last_edition_says[neo4j]",
    "tests/properties/test_confluence.py::test_every_change_can_be_taken_back_in_its_time[neo4j]",
    "tests/properties/test_confluence.py::test_retract_and_revert_is_nothing[neo4j]",
    "tests/properties/test_confluence.py::test_the_order_in_which_sources_come_is_no_matter[neo4j]",
    "tests/properties/test_impact.py::test_a_preview_is_what_then_happens[neo4j]",
    "tests/properties/test_impact.py::test_no_belief_changes_without_being_told[neo4j]",
    "tests/properties/test_impact.py::test_what_is_lost_is_told_by_what_is_left[neo4j]",
    "tests/properties/test_impact.py::test_what_was_made_goes_by_degree_and_says_what_else_it_rests_on[neo4j]",
    "tests/properties/test_impact.py::test_what_was_made_of_a_cube_twice_over_rests_on_nothing_else[neo4j]",
    "tests/properties/test_merging.py::test_a_split_outlives_another_edition_of_its_source[neo4j]",
    "tests/properties/test_merging.py::test_who_is_one_is_open_while_a_name_that_came_back_joins_what_was_told_apart[neo4j]",
    "tests/properties/test_planted_cypher.py::test_fuzzer_finds[a retraction leaves the edges]",
    "tests/properties/test_planted_cypher.py::test_fuzzer_finds[an erasure leaves the payload]",
    "tests/properties/test_planted_cypher.py::test_fuzzer_finds[idempotency is ignored]",
    "tests/properties/test_planted_cypher.py::test_fuzzer_finds[the feed forgets what ended]",
    "tests/properties/test_restoring.py::test_restoring_gives_what_was_and_reverts_exactly[neo4j-1]",
    "tests/properties/test_stateful.py::test_a_state_machine_finds_no_difference[neo4j]",
    "tests/properties/test_summaries.py::test_it_is_found_exactly_while_it_may_be[neo4j]",
    "tests/properties/test_undoing.py::test_an_undoing_is_undone_exactly[neo4j]",
    "tests/properties/test_undoing.py::test_whoever_follows_the_refusals_comes_to_the_beginning[neo4j]",
    "tests/server/test_server.py::test_a_server_of_ones_own",
    "tests/server/test_server.py::test_it_dies_with_the_process_that_started_it",
)


THINNED = {
    "tests/contract/test_holds.py::test_no_verb_gets_round_a_hold_in_any_state[neo4j-": 3,
    "tests/graph/neo4j/test_census.py::test_a_changed_property_is_named[": 6,
    "tests/api/graphql/test_preview.py::test_a_preview_is_what_then_happens[file-": 2,
}
"""Tables of which a run tries one row in so many, by what their names begin with; SQLite's holds are all tried."""


def put_off(items: list[pytest.Item]) -> None:
    """Skip what is for campaigns, unless this is one."""
    skipped = pytest.mark.skip(reason="for campaigns: see tests/long.py")
    seen = dict.fromkeys(THINNED, 0)
    for item in items if not CAMPAIGN else ():
        if item.nodeid.startswith(LONG):
            item.add_marker(skipped)
        for table, share in THINNED.items():
            if item.nodeid.startswith(table):
                seen[table] += 1
                if seen[table] % share:
                    item.add_marker(skipped)
