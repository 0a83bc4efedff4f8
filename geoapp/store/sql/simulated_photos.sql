-- Gives about one in two simulated complaints of the last month a drawn scene of its group; which,
-- and which scene, follows from the ticket. Those that have a photo already are left alone.
WITH scene AS (
    SELECT *
    FROM unnest(CAST(:groups AS text[]), CAST(:numbers AS integer[]),
                CAST(:large AS text[]), CAST(:large_bytes AS integer[]),
                CAST(:small AS text[]), CAST(:small_bytes AS integer[]))
         AS given (group_code, number, sha256, bytes, small_sha256, small_bytes)
)
INSERT INTO geoapp.photo
    (city_code, state, length, received, sha256, bytes, width, height, small_sha256, small_bytes,
     small_width, small_height, complaint_id, position, attached_at)
SELECT complaint.city_code, 'kept', scene.bytes, scene.bytes, scene.sha256, scene.bytes,
       :width, :height, scene.small_sha256, scene.small_bytes, :small_width, :small_height,
       complaint.id, 1, complaint.submitted_at
FROM geoapp.complaint
CROSS JOIN LATERAL (SELECT abs(hashtext(complaint.ticket)) AS drawn) AS dice
JOIN scene ON scene.group_code = complaint.group_code AND scene.number = dice.drawn % :variants
WHERE complaint.city_code = :city_code
  AND complaint.simulated
  AND complaint.location_kind = 'point'
  AND complaint.submitted_at > now() - interval '30 days'
  AND dice.drawn / 7 % 2 = 0
  AND NOT EXISTS (SELECT FROM geoapp.photo
                  WHERE photo.city_code = complaint.city_code
                    AND photo.complaint_id = complaint.id)
