"""Who works with the catalogue in the administration."""

STAFF = {"coordinator", "editor"}
COORDINATION = {"coordinator"}
