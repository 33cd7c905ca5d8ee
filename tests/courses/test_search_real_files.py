"""What people type and what they should find in the first five, over files that providers really sent."""

import pytest

from courses.loading import load_synonyms
from courses.search import index
from tests import shared
from tests.courses.importing import deliver
from tests.courses.searching import found, named, rows

REAL = {
    "kufer": shared.DATA / "kufer/kurse-40.xml",
    "openqcat": shared.DATA / "openqcat/records/catalogue-3.xml",
}


@pytest.mark.parametrize("row", rows(*REAL), ids=named)
def test_question_over_a_real_file_finds(db, row):
    path = REAL[row["source"]]
    if not path.exists():
        pytest.skip(f"the sample file {path.name} is not here")
    deliver(path.read_bytes(), confirm=True)
    load_synonyms()
    index.refresh()
    titles = found(row)
    assert any(title.startswith(row["expected"]) for title in titles), titles
