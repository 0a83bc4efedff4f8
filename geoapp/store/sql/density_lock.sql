-- The city's state, held against others who count until the transaction ends; no row when nothing
-- was counted yet. living: it belongs to this life of the database.
SELECT state.phase, state.filled_tile, state.filled_to, cast(state.xid AS text) AS xid, state.event_id, state.moment,
       state.epoch = (SELECT epoch FROM geoapp.feed_epoch) AS living
FROM geoapp.density_state AS state
WHERE state.city_code = :city_code
FOR UPDATE
