"""Timetables of buses and trains (GTFS), read and made into travel times between places."""
