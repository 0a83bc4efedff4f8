-- The feed in its order, with the moment of each commit.
SELECT event.id, event.ticket, event.kind, event.data ->> 'confidential' AS confidential,
       extract(epoch FROM pg_xact_commit_timestamp(cast(event.xid AS xid))) AS committed_at
FROM geoapp.complaint_event AS event
ORDER BY event.xid, event.id
