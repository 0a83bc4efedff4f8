-- Every file that photos refer to, once, with its size.
SELECT sha256, max(bytes) AS bytes
FROM (SELECT sha256, bytes FROM geoapp.photo WHERE state = 'kept'
      UNION ALL
      SELECT small_sha256, small_bytes FROM geoapp.photo WHERE state = 'kept') AS file
GROUP BY sha256
ORDER BY sha256
