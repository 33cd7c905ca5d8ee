"""What decides about the times of some counsellors between two days, for counseling.board.

A function, for planning this statement costs twenty times as much as its answer: PostgreSQL keeps the plan of a function
as long as a connection lives, and through a pool of connections too. One plan serves every question, hence the setting.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION counseling_board(
    people bigint[], from_day date, to_day date, since timestamptz, until timestamptz, moment timestamptz, besides uuid,
    OUT plan json, OUT rooms json, OUT claims json
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH person AS (
        SELECT counsellor.id, counsellor.modes, counsellor.center_id, center.land_id
        FROM counseling_counsellor counsellor JOIN counseling_center center ON center.id = center_id
        WHERE counsellor.id = ANY(people)
    ), day AS (
        SELECT from_day + number AS day FROM generate_series(0, to_day - from_day) number
    ), plan AS (  -- weekly hours, unless it is a holiday
        SELECT person.id AS person, day, starts, ends, hours.modes
        FROM day
        JOIN counseling_weeklyhours hours
            ON weekday = extract(isodow FROM day) - 1 AND day BETWEEN valid_from AND coalesce(valid_to, day)
        JOIN person ON person.id = counsellor_id
        WHERE NOT EXISTS (
            SELECT FROM taxonomy_holiday holiday
            WHERE holiday.land_id = person.land_id AND day BETWEEN first_day AND last_day
                AND (kind = 'public' OR kind = 'school' AND NOT in_school_holidays)
        )
        UNION ALL  -- extra hours in any case, and absences, which have no modes
        SELECT person.id, day, coalesce(starts, '00:00'), coalesce(ends, '24:00'),
            CASE kind WHEN 'extra' THEN person.modes END
        FROM day
        JOIN counseling_dayexception exception ON day BETWEEN first_day AND last_day
        JOIN person ON person.id = counsellor_id OR person.center_id = exception.center_id
    ), room AS (
        SELECT id, center_id FROM counseling_room WHERE for_talks AND center_id IN (SELECT center_id FROM person)
    ), claim AS (
        SELECT * FROM counseling_claim WHERE counsellor_id = ANY(people) AND during && tstzrange(since, until)
        UNION ALL
        SELECT * FROM counseling_claim
        WHERE room_id IN (SELECT id FROM room) AND during && tstzrange(since, until)
    )
    SELECT
        (SELECT json_agg(json_build_array(
            person, day, (extract(epoch FROM starts) / 60)::int, (extract(epoch FROM ends) / 60)::int, modes
        )) FROM plan),
        (SELECT json_agg(json_build_array(center_id, id)) FROM room),
        (SELECT json_agg(json_build_array(counsellor_id, room_id, lower(during), upper(during), kind = 'core')) FROM claim
        WHERE (lapses_at IS NULL OR lapses_at > moment) AND use IS DISTINCT FROM besides)
    INTO plan, rooms, claims;
END
$$;
"""
BACKWARD = "DROP FUNCTION counseling_board;"


class Migration(migrations.Migration):
    dependencies = [("counseling", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
