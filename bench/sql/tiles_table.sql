-- What a point of our tiles tells, in a flat table with a GiST index, as suits the others best.
CREATE SCHEMA rivals;
CREATE TABLE rivals.street AS
SELECT id, ticket, group_code AS "group", service_code AS service, status,
       extract(epoch FROM submitted_at)::bigint AS submitted,
       CASE WHEN status <> 'closed' THEN extract(epoch FROM due_at)::bigint END AS due,
       simulated, geom
FROM geoapp.complaint_public
WHERE location_kind = 'point';
ALTER TABLE rivals.street ADD PRIMARY KEY (id);
ALTER TABLE rivals.street
    ALTER COLUMN geom TYPE geometry(Point, 4326) USING ST_SetSRID(geom, 4326);
CREATE INDEX ON rivals.street USING gist (geom);
