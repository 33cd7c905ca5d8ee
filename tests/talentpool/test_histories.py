"""Random histories against the reference model, and a proof that they would see a missing rule.

`./dev faults pool_histories` tells thousands of them.
"""

import pytest
from django.test import override_settings

from tests.talentpool.mutants import MUTANTS, is_seen
from tests.talentpool.world import World, settings_of_a_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _transport():
    with override_settings(**settings_of_a_world()):
        yield


def test_the_portal_does_what_the_rules_say():
    World(0, people=30, events=20).run()


@pytest.mark.parametrize("name", MUTANTS)
def test_control_a_missing_rule_is_seen(name):
    """In the world where it shows soonest; should that have changed, in one of three others."""
    assert any(is_seen(name, seed=seed) for seed in (MUTANTS[name].seed, 0, 1, 2))
