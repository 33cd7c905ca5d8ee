"""Random histories against the reference model, and a proof that they would see a missing rule.

`./dev faults pool_histories` tells thousands of them.
"""

import pytest
from django.test import override_settings

from tests.talentpool.mutants import MUTANTS, mutated
from tests.talentpool.world import Breach, World, settings_of_a_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _transport():
    with override_settings(**settings_of_a_world()):
        yield


@pytest.mark.parametrize("seed", range(3))
def test_the_portal_does_what_the_rules_say(seed):
    World(seed, people=100, events=35).run()


@pytest.mark.parametrize("name", MUTANTS)
def test_control_a_missing_rule_is_seen(name):
    with mutated(name), pytest.raises(Breach):
        World(0, people=30, events=150).run()
