-- For how many seconds the oldest committed event has waited for a transaction that began
-- before it and still runs; no row when nothing waits.
--
-- What was loaded (imports, simulated seasons) isn't looked at: its events have the moments
-- they tell of, which may lie years back, and not the one at which they were written.
SELECT greatest(0, extract(epoch FROM clock_timestamp() - event.at)) AS held_back_s
FROM geoapp.complaint_event AS event
WHERE event.xid >= pg_snapshot_xmin(pg_current_snapshot())
  AND event.actor NOT IN ('import', 'simulation')
ORDER BY event.xid, event.id
LIMIT 1
