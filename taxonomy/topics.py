"""Which topic an imported course belongs to, guessed from its words. A coordinator may always choose another one.

Topics carry cues. A cue meets the words of a title as follows:

- "excel": a word that begins so; cues of up to three letters ("ki", "cad") only as a whole word
- "-pflege": a word that ends so (Altenpflege), which German does more often than other languages
- "erste-hilfe": these words in a row; the last one may go on
- "kldb:434": the classified occupation (KldB 2010) begins so
- "art:110": the EDUCATION_TYPE of open-Q-cat

Longer cues are more specific and weigh more; the title weighs more than keywords, its first hit more than the rest.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Self

from kit import text
from taxonomy.models import Topic

TITLE, KEYWORDS = 3, 1
FIRST_IN_TITLE = 6
CLASSIFIED = 8  # a cue of "kldb:" or "art:" weighs as much as a word of eight letters in the keywords
WHOLE_WORD = 3
_WORD = re.compile(r"[\w§+#]+")
_KLDB = re.compile(r"\b\d{5}\b")


class Guesser:
    """All cues in dictionaries, so that 100,000 courses cost a second and no query each."""

    def __init__(self, topics: Iterable[Topic]):
        self.topics = list(topics)
        self.begins: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.phrases: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.classes: dict[str, int] = {}
        for rank, topic in enumerate(self.topics):
            for cue in topic.cues:
                self._learn(cue, rank)

    @classmethod
    def load(cls) -> Self:
        """With the topics as they stand in the database. One query: make one per import, not one per course."""
        return cls(Topic.objects.all())

    def _learn(self, cue: str, rank: int) -> None:
        if ":" in cue:
            self.classes[cue] = rank
            return
        word = text.fold(cue.strip("-"))
        if cue.startswith("-"):
            self.ends[word] = rank
        elif "-" in word:
            self.phrases[word.partition("-")[0]].append((word, rank))
        else:
            self.begins[word] = rank

    def guess(
        self,
        title: str,
        keywords: Iterable[str] = (),
        systematics: Iterable[dict] = (),
        education_type: int | None = None,
    ) -> Topic | None:
        """The topic with the most weight, None where no cue fits. `systematics` as on Course: system, code, label."""
        weights: dict[int, int] = defaultdict(int)
        systematics = list(systematics)
        self._weigh(title, TITLE, weights)
        for words in [*keywords, *(entry.get("label") or "" for entry in systematics)]:
            self._weigh(words, KEYWORDS, weights)
        self._weigh_classes(systematics, education_type, weights)
        if not weights:
            return None
        # A broad cue ("Sprachkurs") only decides where no narrow one does.
        return self.topics[max(weights, key=lambda rank: (bool(self.topics[rank].parent_id), weights[rank], -rank))]

    def _weigh(self, words: str, factor: int, weights: dict[int, int]) -> None:
        tokens = _WORD.findall(text.fold(words))
        line = "-".join(tokens)
        first = factor == TITLE
        for token in tokens:
            for rank, length in self._hits(token, line):
                weights[rank] += factor * length + (FIRST_IN_TITLE if first else 0)
                first = False

    def _hits(self, token: str, line: str) -> list[tuple[int, int]]:
        """(topic, weight): every phrase that starts here, and the end of the word or else its longest beginning.

        In a German compound the last part says what it is: Kinderkrankenpflege is care.
        """
        phrases = self.phrases.get(token, ())
        hits = [(rank, len(phrase)) for phrase, rank in phrases if f"-{phrase}" in f"-{line}"]
        parts = (token[start:] for start in range(len(token)))
        if ending := next((part for part in parts if part in self.ends), ""):
            return [*hits, (self.ends[ending], len(ending))]
        beginning = self._longest(token[:end] for end in range(len(token), 1, -1))
        if beginning == token or len(beginning) > WHOLE_WORD:
            hits += [(self.begins[beginning], len(beginning))]
        return hits

    def _longest(self, beginnings: Iterable[str]) -> str:
        return next((beginning for beginning in beginnings if beginning in self.begins), "")

    def _weigh_classes(self, systematics: list[dict], education_type: int | None, weights: dict[int, int]) -> None:
        if (rank := self.classes.get(f"art:{education_type}")) is not None:
            weights[rank] += CLASSIFIED
        for entry in systematics:
            if not (key := _KLDB.search(entry.get("code") or "")):
                continue
            cues = (f"kldb:{key[0][:length]}" for length in range(5, 1, -1))
            if cue := next((cue for cue in cues if cue in self.classes), ""):
                weights[self.classes[cue]] += CLASSIFIED


def guess(
    title: str,
    keywords: Iterable[str] = (),
    systematics: Iterable[dict] = (),
    education_type: int | None = None,
) -> Topic | None:
    """For a single course; who has many makes a Guesser."""
    return Guesser.load().guess(title, keywords, systematics, education_type)
