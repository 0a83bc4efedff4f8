-- The bare statement: a hundred rows of a box as GeoJSON, and how many there are.
WITH matching AS MATERIALIZED (
    SELECT id FROM rivals.complaint
    WHERE ST_Intersects(geom, ST_MakeEnvelope(:west, :south, :east, :north, 4326))
),
page AS (
    SELECT complaint.*
    FROM rivals.complaint
    WHERE ST_Intersects(geom, ST_MakeEnvelope(:west, :south, :east, :north, 4326))
    ORDER BY submitted_at DESC, id DESC
    LIMIT 100
)
SELECT json_build_object(
    'type', 'FeatureCollection',
    'numberMatched', (SELECT count(*) FROM matching),
    'features', (SELECT json_agg(ST_AsGeoJSON(page.*)::json) FROM page)
)::text
