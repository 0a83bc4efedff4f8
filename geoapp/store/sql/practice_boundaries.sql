-- The boundary sets in force, with their areas, faults, pieces, roads and service areas, under new
-- ids: a set in force is one of its layer, so that the layer finds the copy.
WITH sets AS (
    INSERT INTO geoapp.boundary_set (city_code, layer, version, source, licence, sha256,
                                     approximate, valid_from, valid_to, status, quality)
    SELECT :code, layer, version, source, licence, sha256, approximate, valid_from, valid_to,
           status, quality
    FROM geoapp.boundary_set
    WHERE city_code = :source AND status = 'active'
    RETURNING id, layer
), pairs AS (
    SELECT original.id AS old, sets.id AS new
    FROM geoapp.boundary_set AS original
    JOIN sets ON sets.layer = original.layer
    WHERE original.city_code = :source AND original.status = 'active'
), areas AS (
    INSERT INTO geoapp.area (city_code, set_id, code, name, parent_code, parent_name, geom,
                             display_geom, label)
    SELECT :code, pairs.new, area.code, area.name, area.parent_code, area.parent_name, area.geom,
           area.display_geom, area.label
    FROM geoapp.area
    JOIN pairs ON pairs.old = area.set_id
    WHERE area.city_code = :source
), pieces AS (
    INSERT INTO geoapp.area_piece (city_code, set_id, code, piece, geom)
    SELECT :code, pairs.new, piece.code, piece.piece, piece.geom
    FROM geoapp.area_piece AS piece
    JOIN pairs ON pairs.old = piece.set_id
    WHERE piece.city_code = :source
), faults AS (
    INSERT INTO geoapp.boundary_fault (city_code, set_id, n, kind, codes, area_m2, geom)
    SELECT :code, pairs.new, fault.n, fault.kind, fault.codes, fault.area_m2, fault.geom
    FROM geoapp.boundary_fault AS fault
    JOIN pairs ON pairs.old = fault.set_id
    WHERE fault.city_code = :source
), lines AS (
    INSERT INTO geoapp.road_line (city_code, set_id, code, name, ref, authority, agency_code, geom)
    SELECT :code, pairs.new, line.code, line.name, line.ref, line.authority, line.agency_code,
           line.geom
    FROM geoapp.road_line AS line
    JOIN pairs ON pairs.old = line.set_id
    WHERE line.city_code = :source
), segments AS (
    INSERT INTO geoapp.road_segment (city_code, set_id, code, n, geom)
    SELECT :code, pairs.new, segment.code, segment.n, segment.geom
    FROM geoapp.road_segment AS segment
    JOIN pairs ON pairs.old = segment.set_id
    WHERE segment.city_code = :source
)
INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code, group_code,
                                 service_code, priority, coverage, area_codes, geom)
SELECT :code, pairs.new, served.code, served.name, served.agency_code, served.group_code,
       served.service_code, served.priority, served.coverage, served.area_codes, served.geom
FROM geoapp.service_area AS served
JOIN pairs ON pairs.old = served.set_id
WHERE served.city_code = :source
