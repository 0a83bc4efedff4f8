-- Which of these hashes no photo of any city refers to.
SELECT asked.sha256
FROM unnest(cast(:hashes AS text[])) AS asked (sha256)
WHERE NOT EXISTS (SELECT FROM geoapp.photo WHERE photo.sha256 = asked.sha256)
  AND NOT EXISTS (SELECT FROM geoapp.photo WHERE photo.small_sha256 = asked.sha256)
