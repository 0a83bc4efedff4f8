-- How far a city is counted now.
UPDATE geoapp.density_state
SET phase = :phase, filled_tile = :filled_tile, filled_to = :filled_to, xid = cast(:xid AS xid8), event_id = :event_id,
    moment = :moment
WHERE city_code = :city_code
