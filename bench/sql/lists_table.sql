-- What our list tells of a complaint, in one flat table with the indexes that suit the others
-- best: no join, nobody's rights, the geometry in a GiST index. First the areas that the public
-- is told, which `access_complaints.sql` leaves out.
UPDATE geoapp.complaint
SET public_kelurahan_code = kelurahan_code, public_kecamatan_code = kecamatan_code;
CREATE SCHEMA rivals;
CREATE TABLE rivals.complaint AS
SELECT complaint.id, complaint.ticket, complaint.service_code, complaint.group_code,
       complaint.description, complaint.landmark, complaint.status, complaint.kelurahan_code,
       area.name AS kelurahan_name, complaint.kecamatan_code, area.parent_name AS kecamatan_name,
       complaint.agency_code, complaint.submitted_at, complaint.due_at, complaint.resolved_at,
       complaint.location_kind, complaint.shown_within_m, complaint.simulated,
       complaint.supporters, complaint.geom
FROM geoapp.complaint_public AS complaint
JOIN geoapp.area ON area.city_code = complaint.city_code
                AND area.set_id = complaint.kelurahan_set
                AND area.code = complaint.kelurahan_code
WHERE complaint.geom IS NOT NULL;
ALTER TABLE rivals.complaint ADD PRIMARY KEY (id);
ALTER TABLE rivals.complaint
    ALTER COLUMN geom TYPE geometry(Point, 4326) USING ST_SetSRID(geom, 4326);
CREATE INDEX ON rivals.complaint USING gist (geom);
