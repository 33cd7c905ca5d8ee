"""./dev bench wagtail: the page of a search in Wagtail, with its PostgreSQL backend in German, against ours.

Wagtail lies in an environment of its own (benchmarks/peers/wagtail.txt) and has the same courses in a database of its
own on the same server, as an indexed model. Its view is the one that `wagtail start` writes: words, twenty results, no
facets, no places, no dates. Ours answers the same words with all of these. Web servers, requests and what is counted
are those of `./dev bench http`.
"""

import json
import os
import subprocess
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from benchmarks import _database, _peers, _targets, http
from benchmarks._machine import command, parser, record, say
from benchmarks._mix import Case, mix
from courses.models import Course
from faults._web import Web, answering
from kit import text

OURS, WAGTAIL = "ours", "Wagtail"


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep):
            try:
                counted = run(size, options)
            except _peers.Missing as missing:
                say(f"Without Wagtail, which cannot be installed here. {missing}")
                continue
            ratio = counted[WAGTAIL].cpu / counted[OURS].cpu
            title = f"Wagtail, {size}: its search page costs {ratio:.1f} times ours"
            record(title, http.report(counted), command=command("bench"), keep=not options.dry)
            _targets.note("B7", ratio, size=size, keep=not options.dry)
    say(_targets.overview())


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,100k", rounds=3, rounds_help="of all questions")
    made.add_argument("--questions", type=int, default=100, help="of the mix, of which those are asked that are words")
    return made.parse_args()


def run(size: str, options: Namespace) -> dict[str, http.Counted]:
    with site(size, keep=options.keep) as other, http.portal() as ours:
        say(f"{size}: {options.rounds} rounds …")
        webs = {OURS: ours, WAGTAIL: other}
        return http.in_blocks(webs, lambda number: asked(options.questions, number), rounds=options.rounds)


def asked(questions: int, number: int) -> dict[str, list[str]]:
    """Of both in a round: other questions each time, for a process keeps what it was asked before."""
    words = [case.query.text for case in of_words(mix(questions, seed=http.SEED + number))]
    return {
        OURS: [f"/kurse/?{urlencode({'q': each})}" for each in words],
        WAGTAIL: [f"/search/?{urlencode({'query': each})}" for each in words],
    }


def of_words(cases: list[Case]) -> list[Case]:
    """Those that ask for nothing else."""
    return [case for case in cases if case.query.text and not case.query.position]


@contextmanager
def site(size: str, *, keep: bool) -> Iterator[Web]:
    """Wagtail behind Gunicorn as in production. Raises Missing."""
    python = str(_peers.python("wagtail"))
    with _database.foreign(f"wagtail_{size.lower()}", lambda url: fill(python, url), keep=keep) as url:
        config = ["--config", str(_peers.PEERS / "gunicorn_bare.py"), "--pythonpath", str(_peers.PEERS)]
        command = [python, "-m", "gunicorn", *config, "wagtail_site.wsgi:application"]
        with answering(command, environ(url)) as web:
            yield web


def fill(python: str, url: str) -> None:
    say("filling Wagtail …")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for course in courses():
            file.write(json.dumps(course) + "\n")
        file.flush()
        subprocess.run(
            [python, "-m", "wagtail_site.fill", file.name], check=True, cwd=_peers.PEERS, env=environ(url),
            stdout=subprocess.DEVNULL,
        )  # fmt: skip


def environ(url: str) -> dict[str, str]:
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**known, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "wagtail_site.settings"}


def courses() -> Iterator[dict]:
    """What our index takes from the course itself."""
    texts = ("description", "audience", "requirements", "text_simple", "degree_additional")
    found = Course.objects.findable().order_by("pk").values_list("title", "provider__name", *texts)
    for title, provider, *parts in found.iterator(chunk_size=2_000):
        yield {"title": title, "provider": provider, "body": "\n".join(filter(None, map(text.plain, parts)))}


if __name__ == "__main__":
    main()
