-- What is needed to show a photo to everybody; no row unless everybody may see it.
SELECT sha256, small_sha256
FROM geoapp.photo_public
WHERE city_code = :city_code AND id = :id
