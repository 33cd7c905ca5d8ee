"""Tantivy, asked by lines of JSON: python tantivy_engine.py COURSES.jsonl. See benchmarks/engine.py for the questions.

A document is a course. What its runs have stands in fields with several values, as one does it with an engine that
knows no runs: conditions about runs need not meet in one of them. Counts per facet leave the facet's own ticks aside.
"""

import json
import re
import sys
import time
from math import cos, radians

from tantivy import Document, FieldType, Index, Occur, Order, Query, SchemaBuilder

PREFIX_FROM = 5  # letters, as courses.search.analyser
FIELDS = {"": "anywhere", "ABC": "names", "A": "title"}
KM_PER_DEGREE = 111.2
MOST = 65_000  # values of a facet


class Engine:
    def __init__(self, facets: list[str]):
        self.facets = facets
        builder = SchemaBuilder()
        for name in FIELDS.values():
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
        for name in [*facets, "position", "day", "any_time"]:
            builder.add_integer_field(name, indexed=True, fast=True, stored=name == "position")
        for name in ("latitude", "longitude"):
            builder.add_float_field(name, indexed=True, fast=True)
        self.schema = builder.build()
        self.index = Index(self.schema)

    def fill(self, lines) -> None:
        writer = self.index.writer(200_000_000, 1)
        for line in lines:
            writer.add_document(self.document(json.loads(line)))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def document(self, course: dict) -> Document:
        made = Document()
        for name in FIELDS.values():
            made.add_text(name, " ".join(course[name]))
        for name in [*self.facets, "position", "day", "any_time"]:
            for value in course[name]:
                made.add_integer(name, value)
        for name in ("latitude", "longitude"):
            for value in course[name]:
                made.add_float(name, value)
        return made

    def answer(self, asked: dict) -> dict:
        ticked = {facet: self.one_of(facet, ticks) for facet, ticks in asked["ticks"].items()}
        others = [*map(self.group, asked["groups"]), *self.near(asked["near"]), *self.days(asked["days"])]
        query = both([*others, *ticked.values()])
        order = {} if asked["by_relevance"] else {"order_by_field": "position", "order": Order.Asc}
        found = self.searcher.search(query, asked["per_page"], offset=asked["skip"], **order)
        hits = [self.searcher.doc(address)["position"][0] for _key, address in found.hits]
        counts = self.count(query, [facet for facet in self.facets if facet not in ticked])
        for facet in ticked:
            rest = [each for name, each in ticked.items() if name != facet]
            counts |= self.count(both([*others, *rest]), [facet])
        return {"total": found.count, "hits": hits, "counts": counts}

    def count(self, query: Query, facets: list[str]) -> dict:
        asked = {facet: {"terms": {"field": facet, "size": MOST}} for facet in facets}
        found = self.searcher.aggregate(query, asked)
        return {
            facet: {int(bucket["key"]): bucket["doc_count"] for bucket in found[facet]["buckets"]} for facet in facets
        }

    # ── Conditions

    def group(self, ways: list[dict]) -> Query:
        return either([both([self.word(word, FIELDS[way["weights"]]) for word in way["lexemes"]]) for way in ways])

    def word(self, lexeme: str, field: str) -> Query:
        if len(lexeme) >= PREFIX_FROM:
            return Query.regex_query(self.schema, field, f"{re.escape(lexeme)}.*")
        return Query.term_query(self.schema, field, lexeme, "basic")

    def one_of(self, facet: str, ticks: list[int]) -> Query:
        return either([Query.term_query(self.schema, facet, tick) for tick in ticks])

    def near(self, at: dict | None) -> list[Query]:
        """A box: less work than a circle."""
        if not at:
            return []
        high = at["km"] / KM_PER_DEGREE
        wide = high / cos(radians(at["latitude"]))
        return [
            self.between("latitude", at["latitude"] - high, at["latitude"] + high),
            self.between("longitude", at["longitude"] - wide, at["longitude"] + wide),
        ]

    def days(self, days: list[int] | None) -> list[Query]:
        return [either([self.between("day", *days), Query.term_query(self.schema, "any_time", 1)])] if days else []

    def between(self, field: str, least: float, most: float) -> Query:
        kind = FieldType.Integer if field == "day" else FieldType.Float
        return Query.range_query(self.schema, field, kind, least, most)


def both(queries: list[Query]) -> Query:
    return combined(queries, Occur.Must)


def either(queries: list[Query]) -> Query:
    return combined(queries, Occur.Should)


def combined(queries: list[Query], occur: Occur) -> Query:
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(occur, query) for query in queries])


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as lines:
        engine = Engine(json.loads(next(lines)))
        began = time.process_time()
        engine.fill(lines)
    say({"built": time.process_time() - began})
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.process_time(), time.perf_counter()
        answer = engine.answer(asked)
        spent = {"cpu": time.process_time() - began[0], "wall": time.perf_counter() - began[1]}
        say({**answer, **spent})


def say(answer: dict) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
